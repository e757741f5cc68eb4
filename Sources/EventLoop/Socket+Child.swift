extension Socket {
    /// Has the work done in a child task on the socket's loop. A task keeps the room that it once
    /// needed to its end: what waits for long leaves to a child what needs more.
    @inline(never)
    package nonisolated(nonsending) func inChildTask<Outcome: Sendable>(
        _ work: @escaping @Sendable (Socket) async -> Outcome
    ) async -> Outcome {
        // Not shared: whoever has lent it waits for the child, on the same thread.
        nonisolated(unsafe) let socket = self
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask(executorPreference: socket.loop) { await work(socket) }
            guard let outcome = await group.next() else {
                preconditionFailure("its one task has an outcome")
            }
            return outcome
        }
    }
}
