import EventLoop

/// Counts connections, in all and by client network, and decides which ones are admitted.
struct Admission {
    enum Verdict: Equatable {
        case admitted
        /// Answered with 503.
        case refused
        /// Closed without an answer, because many are being refused already.
        case dropped
    }

    private let limits: Limits
    private var admittedCount = 0
    private var refusedCount = 0
    /// The number of admitted connections that are evicted and have not ended yet.
    private var evictedCount = 0
    private var countsByNetwork: [Network: Int] = [:]
    private static let refusedCountMax = 64

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// Whether a new connection needs the eviction of another one.
    var isFull: Bool { admittedCount - evictedCount >= limits.connectionCountMax }

    /// Whether the client's network has as many connections as it may have.
    func isCrowded(_ peer: SocketAddress) -> Bool {
        countsByNetwork[Network(of: peer), default: 0] >= limits.connectionsPerAddressMax
    }

    /// Decides on a new connection. Call `leave` with the verdict at its end.
    ///
    /// - Parameter isExempt: Whether it is not counted by network.
    mutating func enter(_ peer: SocketAddress, isExempt: Bool) -> Verdict {
        if isFull || !isExempt && isCrowded(peer) {
            guard refusedCount < Admission.refusedCountMax else { return .dropped }
            refusedCount += 1
            return .refused
        }
        admittedCount += 1
        if !isExempt { countsByNetwork[Network(of: peer), default: 0] += 1 }
        return .admitted
    }

    mutating func leave(_ peer: SocketAddress, isExempt: Bool, _ verdict: Verdict) {
        switch verdict {
        case .dropped: return
        case .refused: refusedCount -= 1
        case .admitted:
            admittedCount -= 1
            guard !isExempt else { return }
            let network = Network(of: peer)
            let left = countsByNetwork[network, default: 0] - 1
            countsByNetwork[network] = left > 0 ? left : nil
        }
    }

    /// Frees the place of an admitted connection at once.
    mutating func evictionBegan() { evictedCount += 1 }
    /// Called when an evicted connection is about to `leave`.
    mutating func evictionEnded() { evictedCount -= 1 }

    var isEmpty: Bool { admittedCount == 0 && refusedCount == 0 }
}
