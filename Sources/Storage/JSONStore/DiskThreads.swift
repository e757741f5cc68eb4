internal import EventLoop

/// The threads that wait for the disk, so that the loop never does.
final class DiskThreads: Sendable {
    /// Has one thread, because the journal is written in one order.
    let journal = WorkerPool(threads: 1, waitingMax: 8)
    /// Has two threads, so that a long fold leaves one for reads.
    let background = WorkerPool(threads: 2, waitingMax: 1024)

    func stop() {
        journal.stop()
        background.stop()
    }

    deinit { stop() }
}

extension WorkerPool {
    /// Runs work whose errors are of one type, as `run` does. Throws `.busy` if too much work waits
    /// already.
    func perform<T: Sendable>(
        _ work: @escaping @Sendable () throws(StorageFault) -> T
    ) async throws(StorageFault) -> T {
        let result: Result<T, StorageFault>
        do {
            result = try await run { () -> Result<T, StorageFault> in
                do throws(StorageFault) { return .success(try work()) } catch {
                    return .failure(error)
                }
            }
        } catch { throw .busy }
        return try result.get()
    }
}
