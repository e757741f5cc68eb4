import EventLoop
import RateLimit

/// The memory that connections hold while they wait: for the rest of a request, or for the reader
/// of an answer. Each has a budget; where it is used up, those make way that have stalled longest.
final class ConnectionMemory: Sendable {
    enum Purpose { case requests, answers }

    private let requests: ByteBudget
    private let answers: ByteBudget
    private let connections: ConnectionRegistry
    private let shedding: LoadShedding

    init(_ limits: Limits, _ connections: ConnectionRegistry, shedding: LoadShedding) {
        requests = ByteBudget(max: limits.bodyBytesInAllMax)
        answers = ByteBudget(max: limits.answerBytesInAllMax)
        self.connections = connections
        self.shedding = shedding
    }

    /// Charges a connection for bytes more; false, and charges nothing, where there are too many
    /// and none makes way.
    func charge(
        _ count: Int, for purpose: Purpose, to status: ConnectionStatus, at now: MonotonicTime
    ) -> Bool {
        let budget = budget(purpose)
        let excess = budget.excess(with: count)
        if excess > 0 {
            shedding.refused(purpose == .answers ? .answers : .bodies)
            let freed = connections.evict(for: purpose, freeing: excess, at: now)
            budget.release(freed)
            guard freed >= excess else { return false }
        }
        chargeAlways(count, for: purpose, to: status)
        return true
    }

    func chargeAlways(_ count: Int, for purpose: Purpose, to status: ConnectionStatus) {
        budget(purpose).charge(count)
        status.hold(count)
    }

    /// All that the connection is charged for.
    func release(_ purpose: Purpose, of status: ConnectionStatus) {
        budget(purpose).release(status.takeHeldBytes())
    }

    private func budget(_ purpose: Purpose) -> ByteBudget {
        switch purpose {
        case .requests: requests
        case .answers: answers
        }
    }
}
