import EventLoop

/// Counts connections, in all and by address, and says who may stay. IPv6 counts by /64, which is
/// what one subscriber has.
struct Admission {
    enum Verdict: Equatable {
        case admitted
        /// Told so, with 503.
        case refused
        /// So many are being refused already that this one is only closed.
        case dropped
    }

    private let limits: Limits
    private var admittedCount = 0
    private var refusedCount = 0
    /// Of those admitted, how many were told to end and have not yet.
    private var evictedCount = 0
    private var countsByAddress: [SocketAddress: Int] = [:]
    private static let refusedCountMax = 64

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// Whether another one has a place only where one makes way.
    var isFull: Bool { admittedCount - evictedCount >= limits.connectionCountMax }

    /// What is admitted or refused must `leave` again. `isExempt`: its address is not counted.
    mutating func enter(_ peer: SocketAddress, isExempt: Bool) -> Verdict {
        let key = Admission.key(of: peer)
        let isCrowded = countsByAddress[key, default: 0] >= limits.connectionsPerAddressMax
        if isFull || isCrowded && !isExempt {
            guard refusedCount < Admission.refusedCountMax else { return .dropped }
            refusedCount += 1
            return .refused
        }
        admittedCount += 1
        if !isExempt { countsByAddress[key, default: 0] += 1 }
        return .admitted
    }

    mutating func leave(_ peer: SocketAddress, isExempt: Bool, _ verdict: Verdict) {
        switch verdict {
        case .dropped: return
        case .refused: refusedCount -= 1
        case .admitted:
            admittedCount -= 1
            guard !isExempt else { return }
            let key = Admission.key(of: peer)
            let left = countsByAddress[key, default: 0] - 1
            countsByAddress[key] = left > 0 ? left : nil
        }
    }

    /// An admitted one makes way: its place is another's at once.
    mutating func evictionBegan() { evictedCount += 1 }
    /// It is about to `leave`.
    mutating func evictionEnded() { evictedCount -= 1 }

    var isEmpty: Bool { admittedCount == 0 && refusedCount == 0 }

    private static func key(of peer: SocketAddress) -> SocketAddress {
        switch peer {
        case .ipv4(let bits, _): .ipv4(bits, port: 0)
        case .ipv6(let network, _, _, _): .ipv6(network, 0, scope: 0, port: 0)
        case .unix: .unix(path: "")
        }
    }
}
