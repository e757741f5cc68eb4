import EventLoop
import Logging
import RateLimit
import Synchronization

/// Who is connected, how many may be, and who makes way where there is no place or no memory for
/// others.
final class ConnectionRegistry: Sendable {
    private struct State {
        var admission: Admission
        var statuses: [ObjectIdentifier: ConnectionStatus] = [:]
        var placeEvictions = EvictionQueue()
        var requestEvictions = EvictionQueue()
        var answerEvictions = EvictionQueue()
    }

    /// How many make way at once where descriptors run out: the listener rests after it.
    private static let descriptorEvictionsMax = 16

    private let stallTimeMin: Duration
    private let shedding: LoadShedding
    private let state: Mutex<State>

    init(_ limits: Limits, shedding: LoadShedding) {
        stallTimeMin = limits.stallTimeMin
        self.shedding = shedding
        state = Mutex(State(admission: Admission(limits)))
    }

    var isEmpty: Bool { state.withLock { $0.admission.isEmpty } }

    /// Where all places are taken, one that waits makes way for the newcomer.
    func enter(_ peer: SocketAddress, isExempt: Bool, at now: MonotonicTime) -> Admission.Verdict {
        let (verdict, isShed) = state.withLock { state in
            let isFull = state.admission.isFull
            if isFull { evictOne(in: &state, at: now) }
            let verdict = state.admission.enter(peer, isExempt: isExempt)
            return (verdict, isFull || verdict != .admitted)
        }
        if isShed { shedding.refused(.connections) }
        return verdict
    }

    func leave(_ peer: SocketAddress, isExempt: Bool, _ verdict: Admission.Verdict) {
        state.withLock { $0.admission.leave(peer, isExempt: isExempt, verdict) }
    }

    func add(_ status: ConnectionStatus) {
        state.withLock { $0.statuses[ObjectIdentifier(status)] = status }
    }

    func remove(_ status: ConnectionStatus) {
        state.withLock { state in
            state.statuses[ObjectIdentifier(status)] = nil
            if status.isEvicted { state.admission.evictionEnded() }
        }
    }

    // MARK: Making way

    /// Has some make way: there is no descriptor left for who comes new, and whoever is let go can
    /// come back.
    func evictForDescriptors(at now: MonotonicTime) {
        let count = state.withLock { state in
            // Of one rank alone: the next has its turn where this was not enough.
            (0..<Self.descriptorEvictionsMax).prefix {
                evictOne(in: &state, at: now, scans: $0 == 0)
            }.count
        }
        shedding.log.log(
            .warning, "out of descriptors: connections that wait make way",
            metadata: ["closed": "\(count)"])
        shedding.refused(.connections)
    }

    /// Has those make way that have stalled longest, and for `stallTimeMin` at least, until they
    /// held as many bytes together. Returns how many bytes they are no longer charged for.
    func evict(
        for purpose: ConnectionMemory.Purpose, freeing count: Int, at now: MonotonicTime
    ) -> Int {
        let latest = now - stallTimeMin
        return state.withLock { state in
            var freed = 0
            while freed < count {
                let next =
                    switch purpose {
                    case .requests:
                        state.requestEvictions.next(of: state.statuses.values, at: now) { state in
                            state.isAmidRequest && state.since <= latest ? 0 : nil
                        }
                    case .answers:
                        state.answerEvictions.next(of: state.statuses.values, at: now) { state in
                            state.phase == .writing && state.since <= latest ? 0 : nil
                        }
                    }
                guard let next else { break }
                next.evict()
                state.admission.evictionBegan()
                freed += next.takeHeldBytes()
            }
            return freed
        }
    }

    /// Unfinished heads first, then who has sent nothing, then unfinished bodies; and those that
    /// were served before after all that were not. Last come readers that do not keep up.
    @discardableResult
    private func evictOne(
        in state: inout State, at now: MonotonicTime, scans: Bool = true
    ) -> Bool {
        let latest = now - stallTimeMin
        let next = state.placeEvictions.next(of: state.statuses.values, at: now, scans: scans) {
            state in
            let rank: Int? =
                switch state.phase {
                case .head: 0
                case .idle: 1
                case .body: 2
                case .writing: state.since <= latest ? 6 : nil
                case .busy: nil
                }
            return rank.map { $0 + (state.wasServed ? 3 : 0) }
        }
        guard let next else { return false }
        next.evict()
        state.admission.evictionBegan()
        return true
    }

    // MARK: Stopping

    /// Ends the wait of every connection that has no request. One that comes to wait later sees by
    /// itself that the server stops.
    func endIdle() {
        state.withLock { state in
            for status in state.statuses.values where status.state.phase == .idle {
                status.input.end()
            }
        }
    }

    /// Ends those whose head is not there: nothing of theirs is in flight.
    func endHeads() {
        state.withLock { state in
            for status in state.statuses.values where status.state.phase == .head {
                status.input.end()
            }
        }
    }
}
