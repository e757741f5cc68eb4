extension Socket {
    /// Has the work done in a child task on the socket's loop, isolated to it. A task keeps the
    /// room that it once needed to its end: what waits for long leaves to a child what needs more.
    @inline(never)
    package nonisolated(nonsending) func inChildTask<Outcome: Sendable>(
        _ work: @escaping @Sendable (isolated LoopIsolation, Socket) async -> Outcome
    ) async -> Outcome {
        let (lent, loop) = (TransferredSocket(socket: self), loop)
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask(executorPreference: loop) {
                await lent.socket.readiness.withOneCancellationHandler {
                    await LoopIsolation(loop).run(work, lent)
                }
            }
            guard let outcome = await group.next() else {
                preconditionFailure("its one task has an outcome")
            }
            return outcome
        }
    }
}

/// A socket for a child task's use.
///
/// `@unchecked Sendable`: whoever has lent it waits for the child, on the same thread.
private struct TransferredSocket: @unchecked Sendable {
    let socket: Socket
}

extension LoopIsolation {
    fileprivate func run<Outcome: Sendable>(
        _ work: @Sendable (isolated LoopIsolation, Socket) async -> Outcome,
        _ lent: TransferredSocket
    ) async -> Outcome {
        await work(self, lent.socket)
    }
}
