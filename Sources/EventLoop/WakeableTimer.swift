/// A pause that another task can end early. One task waits at a time.
package actor WakeableTimer {
    private nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private var isWoken = false
    private let waiter = Waiter<Void>()

    package init(loop: EventLoop) {
        self.loop = loop
    }

    /// Ends the wait, or the next one if no task waits.
    package func wake() {
        isWoken = true
        waiter.resume()
    }

    /// Returns after `wake`, after this time, or once the task is cancelled.
    package func wait(atMost time: Duration) async {
        let loop = loop
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) {
                do { try await loop.sleep(for: time) } catch {}
                await self.wake()
            }
            await waiter.wait { _ in isWoken ? () : nil }
            group.cancelAll()
        }
        isWoken = false
    }
}
