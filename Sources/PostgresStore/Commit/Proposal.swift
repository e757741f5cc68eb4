internal import EventLoop
internal import Storage

/// A decision that waits for its batch.
final class Proposal {
    let needs: [Fact]
    let deadline: MonotonicTime
    private let waiter: Waiter<(any Error)?>
    /// Nil once the proposal is finished, since the caller may not outlive it.
    private var decision: ((Facts) throws -> Change?)?
    /// The error of the decision, or the reason why its change is refused.
    var refusal: (any Error)?
    /// The number of times that its batch met another transaction.
    var conflicts = 0

    init(
        _ needs: [Fact], deadline: MonotonicTime, waiter: Waiter<(any Error)?>,
        decision: @escaping (Facts) throws -> Change?
    ) {
        self.needs = needs
        self.deadline = deadline
        self.waiter = waiter
        self.decision = decision
    }

    /// Runs the decision. It may be run again.
    func decide(in set: WorkingSet) throws -> Change? {
        var messages: [MessageID: StoredMessage] = [:]
        for case .message(let id) in needs { messages[id] = set.message(id.key)?.message }
        let facts = Facts(needs, in: set, messages: messages)
        guard let decision else { return nil }
        return try decision(facts)
    }

    /// Ends the caller's wait, with an error or none.
    func finish(_ error: (any Error)?) {
        decision = nil
        waiter.resume(returning: error)
    }
}
