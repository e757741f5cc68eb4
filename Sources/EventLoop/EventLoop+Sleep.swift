extension EventLoop {
    /// Waits this long without holding a thread; throws `CancellationError` when the task is
    /// cancelled meanwhile.
    package func sleep(for duration: Duration) async throws {
        let number = waits.sleeperNumber()
        let deadline = MonotonicTime.current() + duration
        let slept = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                waits.sleep(number, until: deadline, continuation)
                if Task.isCancelled { waits.cancelSleep(number) }
            }
        } onCancel: {
            call { self.waits.cancelSleep(number) }
        }
        guard slept else { throw CancellationError() }
    }
}
