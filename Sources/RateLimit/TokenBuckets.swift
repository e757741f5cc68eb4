package import EventLoop

/// Token buckets, one for each key. A key may spend `capacity` tokens at once, and regains
/// `perSecond` of them every second.
///
/// An unknown key has a full bucket, so full buckets are not kept. Above `keysMax` keys the fullest
/// buckets are dropped first: their keys gain only the few tokens that they lack.
package struct TokenBuckets<Key: Hashable & Sendable>: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: MonotonicTime
        /// Since the bucket was last full.
        var refusals = 0
    }

    /// A key that was refused and has not regained all of its tokens since.
    package struct Limited: Sendable {
        package let key: Key
        package let refusals: Int
        /// The time until the next token is there, or nil if it is.
        package let wait: Duration?
    }

    private let capacity: Double
    private let perSecond: Double
    private let keysMax: Int
    private var buckets: [Key: Bucket] = [:]

    /// - Parameters:
    ///   - capacity: Tokens of a full bucket; more than 0.
    ///   - perSecond: Tokens regained each second; more than 0.
    ///   - keysMax: Buckets held in memory.
    package init(capacity: Double, perSecond: Double, keysMax: Int = 10_000) {
        precondition(capacity > 0 && perSecond > 0 && keysMax > 0)
        self.capacity = capacity
        self.perSecond = perSecond
        self.keysMax = keysMax
    }

    /// The number of buckets held.
    package var count: Int { buckets.count }

    /// Takes tokens and returns nil, or takes none and returns the time until they are there. More
    /// than `capacity` tokens count as `capacity`.
    package mutating func take(
        _ count: Double = 1, for key: Key, at now: MonotonicTime
    ) -> Duration? {
        let count = min(count, capacity)
        let level = level(of: key, at: now)
        if level < count {
            noteRefusal(of: key)
            return time(for: count - level)
        }
        if buckets[key] == nil { makeSpace(at: now) }
        let refusals = level < capacity ? buckets[key]?.refusals ?? 0 : 0
        buckets[key] = Bucket(tokens: level - count, filledAt: now, refusals: refusals)
        return nil
    }

    /// Counts a refusal that followed from `wait`.
    package mutating func noteRefusal(of key: Key) { buckets[key]?.refusals += 1 }

    /// Returns the keys that were refused lately. It looks at every bucket.
    package func limited(at now: MonotonicTime) -> [Limited] {
        buckets.compactMap { key, bucket in
            let level = level(of: bucket, at: now)
            guard bucket.refusals > 0, level < capacity else { return nil }
            return Limited(
                key: key, refusals: bucket.refusals,
                wait: level < min(1, capacity) ? time(for: min(1, capacity) - level) : nil)
        }
    }

    /// Returns the time until `take` would succeed, or nil if it would now.
    package func wait(
        for key: Key, _ count: Double = 1, at now: MonotonicTime
    ) -> Duration? {
        let missing = min(count, capacity) - level(of: key, at: now)
        return missing > 0 ? time(for: missing) : nil
    }

    /// Returns unspent tokens to the bucket. It never holds more than `capacity`.
    package mutating func giveBack(_ count: Double = 1, for key: Key) {
        guard var bucket = buckets[key] else { return }
        bucket.tokens = min(capacity, bucket.tokens + count)
        buckets[key] = bucket
    }

    private func time(for tokens: Double) -> Duration {
        .seconds(min(tokens / perSecond, 1e9))
    }

    private func level(of key: Key, at now: MonotonicTime) -> Double {
        buckets[key].map { level(of: $0, at: now) } ?? capacity
    }

    private func level(of bucket: Bucket, at now: MonotonicTime) -> Double {
        let seconds = Double(now.nanoseconds - bucket.filledAt.nanoseconds) / 1e9
        return min(capacity, bucket.tokens + max(0, seconds) * perSecond)
    }

    /// Drops a quarter of the keys at once, which spreads the cost of the scan over many calls.
    private mutating func makeSpace(at now: MonotonicTime) {
        guard buckets.count >= keysMax else { return }
        let levels = buckets.values.map { level(of: $0, at: now) }.sorted()
        let limit = levels[levels.count - max(1, levels.count / 4)]
        buckets = buckets.filter { level(of: $0.value, at: now) < limit }
    }
}
