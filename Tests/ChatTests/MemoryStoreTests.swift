import StoreConformance
import Testing

@Suite struct MemoryStoreTests {
    @Test(arguments: StoreCase.all(canCrash: false))
    func `a store in memory keeps the promise`(promise: StoreCase) async throws {
        try await promise.run(on: MemoryFixture())
    }

    @Test(arguments: StoreCase.all(canCrash: false))
    func `it does so where each decision runs twice`(promise: StoreCase) async throws {
        try await promise.run(on: RepeatingFixture(over: MemoryFixture()))
    }
}
