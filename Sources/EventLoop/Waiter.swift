/// A place where one task waits until another job of the same loop resumes it.
///
/// All hand-made waits go through this type or `WaiterList`. Use one from the thread of one loop,
/// or from one actor. It can be used again after each wait.
package final class Waiter<Value: Sendable> {
    private var continuation: UnsafeContinuation<Value, Never>?

    package init() {}

    package var isWaiting: Bool { continuation != nil }

    /// Suspends the task until `resume` is called.
    ///
    /// - Parameter begin: Called with the waiter once the task can be resumed. It publishes the
    ///   waiter, or returns a value that is there already. Check the condition in it and not before
    ///   the call, because other jobs may run between the two.
    package nonisolated(nonsending) func wait(
        beginning begin: (Waiter) -> Value? = { _ in nil }
    ) async -> Value {
        await withUnsafeContinuation { continuation in
            precondition(self.continuation == nil, "one task waits at a time")
            self.continuation = continuation
            if let value = begin(self) { resume(returning: value) }
        }
    }

    /// Waits as `wait(beginning:)` does, and calls `onCancel` on the loop if the task is cancelled,
    /// or was cancelled before.
    ///
    /// - Parameter onCancel: Resumes the waiter, if it still waits. It may be called twice.
    package func wait(
        on loop: EventLoop, onCancel: @escaping @Sendable () -> Void,
        beginning begin: (Waiter) -> Value? = { _ in nil },
        isolation: isolated (any Actor)? = #isolation
    ) async -> Value {
        await withTaskCancellationHandler {
            // Capturing the parameter isolates the closure as its caller is.
            _ = isolation
            return await wait {
                if let value = begin($0) { return value }
                // The handler of a task that was cancelled before may have run before `begin`.
                if Task.isCancelled { loop.call(onCancel) }
                return nil
            }
        } onCancel: {
            loop.call(onCancel)
        }
    }

    /// Resumes the task that waits. Returns false, and drops the value, if none does.
    @discardableResult
    package func resume(returning value: Value) -> Bool {
        // `take()` would look up the type of the optional each time.
        guard let continuation else { return false }
        self.continuation = nil
        continuation.resume(returning: value)
        return true
    }
}

extension Waiter where Value == Void {
    package func resume() { resume(returning: ()) }
}

/// Tasks that wait for the same event. Use one from the thread of one loop, or from one actor.
///
/// The event has no value. With one, every use would look up the type of its continuations.
package final class WaiterList {
    private var continuations: [UnsafeContinuation<Void, Never>] = []

    package init() {}

    /// Suspends the task until the next `resumeAll`.
    package nonisolated(nonsending) func wait() async {
        await withUnsafeContinuation { continuations.append($0) }
    }

    package func resumeAll() {
        let resumed = continuations
        continuations = []
        for continuation in resumed { continuation.resume() }
    }
}
