internal import EventLoop

/// Holds one task until another opens it. It is used on its loop's thread.
final class Gate {
    private var isOpen = false
    private let waiter = Waiter<Void>()

    /// Lets the task through, or the next one if none waits.
    func open() {
        isOpen = true
        waiter.resume()
    }

    fileprivate nonisolated(nonsending) func pass(
        on loop: EventLoop, _ gate: LoopBound<Gate>
    ) async {
        await waiter.wait(on: loop, onCancel: { gate.value.open() }) { _ in isOpen ? () : nil }
        isOpen = false
    }
}

extension LoopBound where Content == Gate {
    /// Waits until the gate is opened or the task is cancelled.
    nonisolated(nonsending) func pass(on loop: EventLoop) async {
        await value.pass(on: loop, self)
    }
}
