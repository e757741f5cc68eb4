package import Storage

/// A store in memory outlives an orderly restart, being the same object, and no crash.
package struct MemoryFixture: StoreFixture {
    private let store = MemoryStore()

    package init() {}

    package func open() -> any ChatStore { store }
    package func restart() -> any ChatStore { store }
    package func crash() throws -> any ChatStore { throw StorageFault.absent }
}
