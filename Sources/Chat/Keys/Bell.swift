import EventLoop

/// A pause that can be cut short. One task waits; whoever rings while it does not cuts its next
/// pause.
actor Bell {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private var isRung = false
    private var waiting: UnsafeContinuation<Void, Never>?

    init(loop: EventLoop) {
        self.loop = loop
    }

    func ring() {
        isRung = true
        waiting?.resume()
        waiting = nil
    }

    /// Returns when it is rung, the time is over, or the task is cancelled.
    func wait(atMost time: Duration) async {
        let loop = loop
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) {
                do { try await loop.sleep(for: time) } catch {}
                await self.ring()
            }
            if !isRung { await withUnsafeContinuation { waiting = $0 } }
            group.cancelAll()
        }
        isRung = false
    }
}
