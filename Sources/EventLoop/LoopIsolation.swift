/// The isolation of what runs on a loop, outside of the actors that own state.
///
/// A task that is isolated to it calls these actors, and comes back, without passing through the
/// loop's queue: they name the same executor. One that is isolated to nothing is queued anew at
/// each step.
package actor LoopIsolation {
    private nonisolated let loop: EventLoop

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    init(_ loop: EventLoop) {
        self.loop = loop
    }
}
