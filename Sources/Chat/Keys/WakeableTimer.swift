import EventLoop

/// A pause that another task can end early. One task waits at a time.
actor WakeableTimer {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private var isWoken = false
    private var waiting: UnsafeContinuation<Void, Never>?

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Ends the wait, or the next one if no task waits.
    func wake() {
        isWoken = true
        waiting?.resume()
        waiting = nil
    }

    /// Returns after `wake`, after this time, or once the task is cancelled.
    func wait(atMost time: Duration) async {
        let loop = loop
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) {
                do { try await loop.sleep(for: time) } catch {}
                await self.wake()
            }
            if !isWoken { await withUnsafeContinuation { waiting = $0 } }
            group.cancelAll()
        }
        isWoken = false
    }
}
