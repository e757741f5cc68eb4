extension EventLoop {
    /// Waits this long without holding a thread; throws `CancellationError` when the task is
    /// cancelled meanwhile.
    package func sleep(for duration: Duration) async throws {
        let number = waitRegistry.nextSleeperNumber()
        let deadline = MonotonicTime.current() + duration
        let slept = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                waitRegistry.sleep(number, until: deadline, continuation)
                if Task.isCancelled { waitRegistry.cancelSleep(number) }
            }
        } onCancel: {
            call { self.waitRegistry.cancelSleep(number) }
        }
        guard slept else { throw CancellationError() }
    }
}
