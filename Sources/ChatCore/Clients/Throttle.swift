import Encoding
import EventLoop

/// How often one may try to come in: token buckets, per client address and per (address, username).
/// Never per username alone, or a stranger could lock someone out.
actor Throttle {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private struct Bucket {
        var tokens: Double
        var filledAt: MonotonicTime
    }

    private struct Key: Hashable {
        let high: UInt64
        let low: UInt64
        /// The name's hash, keyed anew by every process: names may be long, buckets are many.
        let username: Int?
    }

    /// Past this the full buckets are dropped, and then all: bounded memory, at worst some patience
    /// too few.
    private static let bucketsMax = 10_000

    private let attemptsPerMinute: Double
    private var buckets: [Key: Bucket] = [:]

    /// - Parameter attemptsPerMinute: 0 turns throttling off.
    init(attemptsPerMinute: Int, loop: EventLoop) {
        self.attemptsPerMinute = Double(attemptsPerMinute)
        self.loop = loop
    }

    /// Counts an attempt, or refuses it.
    func admit(_ client: SocketAddress, username: ByteText) throws(APIFault) {
        guard attemptsPerMinute > 0 else { return }
        let (high, low) = Self.network(of: client)
        let keys = [
            Key(high: high, low: low, username: nil),
            Key(high: high, low: low, username: username.caseFolded.hashValue),
        ]
        let now = MonotonicTime.current()
        let levels = keys.map { level(of: $0, at: now) }
        if let least = levels.min(), least < 1 {
            let seconds = (1 - least) * 60 / attemptsPerMinute
            throw .tooManyAttempts(seconds: max(1, Int(seconds.rounded(.up))))
        }
        makeRoom(at: now)
        for (key, level) in zip(keys, levels) {
            buckets[key] = Bucket(tokens: level - 1, filledAt: now)
        }
    }

    private func level(of key: Key, at now: MonotonicTime) -> Double {
        guard let bucket = buckets[key] else { return attemptsPerMinute }
        let nanoseconds = Double(now.nanoseconds - bucket.filledAt.nanoseconds)
        return min(
            attemptsPerMinute, bucket.tokens + nanoseconds / 60e9 * attemptsPerMinute)
    }

    private func makeRoom(at now: MonotonicTime) {
        guard buckets.count >= Self.bucketsMax else { return }
        let full = buckets.keys.filter { level(of: $0, at: now) >= attemptsPerMinute }
        for key in full { buckets[key] = nil }
        if buckets.count >= Self.bucketsMax { buckets.removeAll() }
    }

    /// An IPv6 customer has a whole /64, so it counts as one.
    private static func network(of client: SocketAddress) -> (UInt64, UInt64) {
        switch client {
        case .ipv4(let bits, _): (0, 0xFFFF_0000_0000 | UInt64(bits))
        case .ipv6(let high, _, _, _): (high, 0)
        case .unix: (0, 0)
        }
    }
}
