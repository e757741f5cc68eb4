package import EventLoop

/// Token buckets, one for each key: a key may spend `capacity` tokens at once, and gets `perSecond`
/// of them back every second.
///
/// A key that was never seen has a full bucket, so full buckets are not kept. Beyond `keysMax` keys
/// those whose bucket is nearest to full are forgotten first: nobody gains more than the little
/// that such a bucket lacks.
package struct TokenBuckets<Key: Hashable & Sendable>: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: MonotonicTime
    }

    private let capacity: Double
    private let perSecond: Double
    private let keysMax: Int
    private var buckets: [Key: Bucket] = [:]

    /// - Parameters:
    ///   - capacity: Tokens of a full bucket; more than 0.
    ///   - perSecond: Tokens that come back each second; more than 0.
    ///   - keysMax: Buckets held in memory.
    package init(capacity: Double, perSecond: Double, keysMax: Int = 10_000) {
        precondition(capacity > 0 && perSecond > 0 && keysMax > 0)
        self.capacity = capacity
        self.perSecond = perSecond
        self.keysMax = keysMax
    }

    /// How many keys have a bucket now.
    package var count: Int { buckets.count }

    /// Takes tokens. Returns nil if they were there; else takes none, and returns how long it is
    /// until they will be. More than `capacity` tokens count as `capacity`.
    package mutating func take(
        _ count: Double = 1, for key: Key, at now: MonotonicTime
    ) -> Duration? {
        let count = min(count, capacity)
        let level = level(of: key, at: now)
        if level < count { return time(for: count - level) }
        if buckets[key] == nil { makeSpace(at: now) }
        buckets[key] = Bucket(tokens: level - count, filledAt: now)
        return nil
    }

    /// Returns how long it is until `take` would succeed; nil if it would now.
    package func wait(
        for key: Key, _ count: Double = 1, at now: MonotonicTime
    ) -> Duration? {
        let missing = min(count, capacity) - level(of: key, at: now)
        return missing > 0 ? time(for: missing) : nil
    }

    /// Returns tokens that turned out not to be spent. A bucket never holds more than `capacity`.
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

    /// Forgets a quarter of the keys at once, so that the cost of looking at all of them is spread
    /// over many calls.
    private mutating func makeSpace(at now: MonotonicTime) {
        guard buckets.count >= keysMax else { return }
        let levels = buckets.values.map { level(of: $0, at: now) }.sorted()
        let limit = levels[levels.count - max(1, levels.count / 4)]
        buckets = buckets.filter { level(of: $0.value, at: now) < limit }
    }
}
