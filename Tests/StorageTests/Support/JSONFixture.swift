import EventLoop
import StoreConformance
import Storage
import Synchronization
import TestSupport

/// The store in a folder of a simulated disk. A crash is a loss of power that no unconfirmed write
/// outlives.
final class JSONFixture: StoreFixture {
    private struct State {
        var disk: SimulatedDisk
        var store: JSONStore?
    }

    private let loop: EventLoop
    private let isCold: Bool
    private let state: Mutex<State>

    /// - Parameter isCold: Whether every read of a message waits for the disk.
    init(_ loop: EventLoop, isCold: Bool) {
        self.loop = loop
        self.isCold = isCold
        state = Mutex(State(disk: SimulatedDisk()))
    }

    func open() async throws -> any ChatStore {
        let disk = state.withLock { $0.disk }
        disk.setCold(isCold)
        let store = try await JSONStore.open(disk, loop)
        state.withLock { $0.store = store }
        return store
    }

    func restart() async throws -> any ChatStore {
        await close()
        return try await open()
    }

    func crash() async throws -> any ChatStore {
        state.withLock { state in
            var random = SystemRandomNumberGenerator()
            state.disk = state.disk.after(.allDropped, using: &random)
        }
        return try await open()
    }

    func close() async { await state.withLock { $0.store }?.close() }
}

/// The store in a folder of the system's disk. It cannot crash: its process is the test's.
final class FolderFixture: StoreFixture {
    private let loop: EventLoop
    private let path: String
    private let store = Mutex<JSONStore?>(nil)

    init(_ loop: EventLoop, path: String) {
        self.loop = loop
        self.path = path
    }

    func open() async throws -> any ChatStore {
        let opened = try await JSONStore.open(folder: path, loop: loop, logger: .silent)
        store.withLock { $0 = opened }
        return opened
    }

    func restart() async throws -> any ChatStore {
        await close()
        return try await open()
    }

    func crash() throws -> any ChatStore { throw StorageFault.absent }

    func close() async { await store.withLock { $0 }?.close() }
}
