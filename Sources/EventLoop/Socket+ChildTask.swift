extension Socket {
    /// Runs `work` in a child task on the socket's loop, isolated to the loop, and returns its
    /// result.
    ///
    ///     connection's task   │ small: waits for minutes for the next request
    ///       └─ inChildTask    │ suspends until the child ends
    ///            └─ child     │ serves requests until a pause, then ends and frees its memory
    ///                 ├─ TransferredSocket            carries the socket across, see there
    ///                 ├─ withOneCancellationHandler   one handler for all waits of the child
    ///                 └─ LoopIsolation                no queueing between task and actors
    ///
    /// A task keeps its largest memory until it ends. So a task that waits for long leaves the work
    /// to a child.
    ///
    /// The gains, from docs/performance-log.md: one child for many requests instead of one for each
    /// request made `/healthz` 21 % faster. The isolation made it 22 % faster.
    @inline(never)
    package nonisolated(nonsending) func inChildTask<Outcome: Sendable>(
        _ work: @escaping @Sendable (isolated LoopIsolation, Socket) async -> Outcome
    ) async -> Outcome {
        let (transferred, loop) = (TransferredSocket(socket: self), loop)
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask(executorPreference: loop) {
                await transferred.socket.readiness.withOneCancellationHandler {
                    await LoopIsolation(loop).run(work, transferred)
                }
            }
            guard let outcome = await group.next() else {
                preconditionFailure("its one task has an outcome")
            }
            return outcome
        }
    }
}

/// A socket on its way into a child task.
///
/// `@unchecked Sendable`: the parent waits for the child, on the same thread, and does not use the
/// socket meanwhile.
private struct TransferredSocket: @unchecked Sendable {
    let socket: Socket
}

/// The isolation of tasks on a loop that are outside all actors.
///
/// Actors of the loop name the same executor. So a task with this isolation calls into an actor
/// and returns without the loop's queue. A task without isolation is queued again at each step.
package actor LoopIsolation {
    private nonisolated let loop: EventLoop

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    fileprivate func run<Outcome: Sendable>(
        _ work: @Sendable (isolated LoopIsolation, Socket) async -> Outcome,
        _ transferred: TransferredSocket
    ) async -> Outcome {
        await work(self, transferred.socket)
    }
}
