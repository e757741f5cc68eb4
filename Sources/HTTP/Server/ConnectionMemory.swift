import EventLoop
import RateLimit
import Synchronization

/// The memory of connections that wait for the rest of a request, or for the client to read a
/// response. Each kind has a budget. If one is used up, the connections that have stalled longest
/// are evicted.
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

    /// Charges a connection for more bytes. Returns false, and charges nothing, if the budget is
    /// used up and no connection can be evicted.
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
        status.charge(count)
    }

    /// Releases all bytes that the connection is charged for.
    func release(_ purpose: Purpose, of status: ConnectionStatus) {
        budget(purpose).release(status.takeChargedBytes())
    }

    private func budget(_ purpose: Purpose) -> ByteBudget {
        switch purpose {
        case .requests: requests
        case .answers: answers
        }
    }
}

/// A limit on the bytes of all connections together, and the bytes in use.
private final class ByteBudget: Sendable {
    private let max: Int
    private let used = Atomic(0)

    init(max: Int) {
        self.max = max
    }

    /// Returns the excess over the limit if `count` bytes more were used. It may be negative.
    func excess(with count: Int) -> Int { used.load(ordering: .relaxed) + count - max }

    func charge(_ count: Int) { used.add(count, ordering: .relaxed) }
    func release(_ count: Int) { used.subtract(count, ordering: .relaxed) }
}
