import EventLoop
import Logging
import RateLimit
import Synchronization

/// All connections of a server. Decides which are admitted, and which are evicted if there is no
/// place or no memory for others.
final class ConnectionRegistry: Sendable {
    private struct State {
        var admission: Admission
        var statuses: [ObjectIdentifier: ConnectionStatus] = [:]
        var placeEvictions = EvictionQueue()
        var requestEvictions = EvictionQueue()
        var answerEvictions = EvictionQueue()
    }

    /// The number of evictions for one shortage of descriptors. The listener pauses after it.
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

    /// Decides on a new connection. If all places are taken, a waiting connection is evicted. A
    /// client whose network has too many connections evicts none, because it is refused.
    func enter(_ peer: SocketAddress, isExempt: Bool, at now: MonotonicTime) -> Admission.Verdict {
        let (verdict, isShed) = state.withLock { state in
            let isFull = state.admission.isFull
            if isFull, isExempt || !state.admission.isCrowded(peer) {
                evictForPlace(in: &state, at: now)
            }
            let verdict = state.admission.enter(peer, isExempt: isExempt)
            return (verdict, isFull || verdict != .admitted)
        }
        if isShed { shedding.refused(.connections) }
        return verdict
    }

    func leave(_ peer: SocketAddress, isExempt: Bool, _ verdict: Admission.Verdict) {
        state.withLock { $0.admission.leave(peer, isExempt: isExempt, verdict) }
    }

    /// The number of connections in each phase; one that has none is left out.
    var countsByPhase: [ConnectionStatus.Phase: Int] {
        state.withLock { state in
            state.statuses.values.reduce(into: [:]) { $0[$1.state.phase, default: 0] += 1 }
        }
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

    // MARK: Eviction

    /// Evicts some connections, because new ones find no descriptor. Evicted clients can connect
    /// again.
    func evictForDescriptors(at now: MonotonicTime) {
        let count = state.withLock { state in
            // Only the first eviction scans, so all are of one rank. The next shortage evicts more.
            (0..<Self.descriptorEvictionsMax).prefix {
                evictForPlace(in: &state, at: now, scans: $0 == 0)
            }.count
        }
        shedding.log.log(
            .warning, "out of descriptors: connections that wait make way",
            metadata: ["closed": "\(count)"])
        shedding.refused(.connections)
    }

    /// Evicts the connections that have stalled longest, and at least for `stallTimeMin`, until
    /// they have freed `count` bytes. Returns the number of freed bytes.
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
                freed += next.takeChargedBytes()
            }
            return freed
        }
    }

    /// Evicts one connection. The order is incomplete heads, silent connections, incomplete bodies;
    /// then the same of connections that were served before; then slow readers; last held polls.
    @discardableResult
    private func evictForPlace(
        in state: inout State, at now: MonotonicTime, scans: Bool = true
    ) -> Bool {
        let latest = now - stallTimeMin
        let next = state.placeEvictions.next(
            of: state.statuses.values, at: now, scans: scans
        ) { state in
            let rank: Int? =
                switch state.phase {
                case .head: 0
                case .idle: 1
                case .body: 2
                case .writing: state.since <= latest ? 6 : nil
                // It is answered before it is closed.
                case .held: 7
                case .busy: nil
                }
            return rank.map { $0 < 3 && state.wasServed ? $0 + 3 : $0 }
        }
        guard let next else { return false }
        next.evict()
        state.admission.evictionBegan()
        return true
    }

    // MARK: Stopping

    /// Ends the waits of all idle connections and of held responses. A connection that comes to
    /// wait later checks `isStopping` itself.
    func endIdle() {
        endWaits(in: .idle)
        endWaits(in: .held)
    }

    /// Ends connections with an incomplete head. They have no request under way.
    func endHeads() { endWaits(in: .head) }

    private func endWaits(in phase: ConnectionStatus.Phase) {
        state.withLock { state in
            for status in state.statuses.values where status.state.phase == phase {
                status.shutdownHandle.end()
            }
        }
    }
}
