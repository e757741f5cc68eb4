import EventLoop
import Testing

@testable import RateLimit

struct TokenBucketsTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test func `a bucket gives what it holds and then says how long to wait`() {
        var buckets = TokenBuckets<Int>(capacity: 2, perSecond: 0.5)
        #expect(buckets.take(for: 1, at: start) == nil)
        #expect(buckets.take(for: 1, at: start) == nil)
        #expect(buckets.take(for: 1, at: start) == .seconds(2))
        #expect(buckets.take(for: 2, at: start) == nil, "another key has a bucket of its own")
    }

    @Test func `tokens come back with time and never beyond the capacity`() {
        var buckets = TokenBuckets<Int>(capacity: 2, perSecond: 1)
        #expect(buckets.take(2, for: 1, at: start) == nil)
        #expect(buckets.wait(for: 1, at: start + .milliseconds(500)) == .milliseconds(500))
        #expect(buckets.take(2, for: 1, at: start + .seconds(3600)) == nil)
        #expect(buckets.take(for: 1, at: start + .seconds(3600)) != nil)
    }

    @Test func `tokens given back can be taken again`() {
        var buckets = TokenBuckets<Int>(capacity: 1, perSecond: 0.001)
        #expect(buckets.take(for: 1, at: start) == nil)
        buckets.giveBack(5, for: 1)
        #expect(buckets.take(for: 1, at: start) == nil)
        #expect(buckets.take(for: 1, at: start) != nil)
    }

    @Test func `more than the capacity costs the capacity`() {
        var buckets = TokenBuckets<Int>(capacity: 10, perSecond: 1)
        #expect(buckets.take(1_000, for: 1, at: start) == nil)
        #expect(buckets.take(1_000, for: 1, at: start) == .seconds(10))
    }

    @Test func `above the limit of keys the fullest buckets are forgotten`() {
        var buckets = TokenBuckets<Int>(capacity: 100, perSecond: 1, keysMax: 8)
        #expect(buckets.take(100, for: -1, at: start) == nil)
        for key in 0..<1_000 { #expect(buckets.take(for: key, at: start) == nil) }
        #expect(buckets.count <= 8)
        #expect(buckets.take(for: -1, at: start) != nil, "the empty one is remembered")
    }

    @Test func `keys that were refused are listed until they have all tokens again`() {
        var buckets = TokenBuckets<Int>(capacity: 2, perSecond: 1)
        for key in [1, 2] { #expect(buckets.take(2, for: key, at: start) == nil) }
        for _ in 0..<3 { #expect(buckets.take(for: 1, at: start) != nil) }
        let limited = buckets.limited(at: start)
        #expect(limited.map(\.key) == [1], "the other was never refused")
        #expect(limited.map(\.refusals) == [3] && limited.map(\.wait) == [.seconds(1)])
        buckets.noteRefusal(of: 1)
        let later = buckets.limited(at: start + .milliseconds(1_500))
        #expect(later.map(\.refusals) == [4] && later.map(\.wait) == [nil])
        #expect(buckets.limited(at: start + .seconds(2)).isEmpty)
        #expect(buckets.take(for: 1, at: start + .seconds(9)) == nil)
        #expect(buckets.limited(at: start + .seconds(9)).isEmpty, "the count began anew")
    }

    @Test func `a clock that stands or goes back gives nothing`() {
        var buckets = TokenBuckets<Int>(capacity: 1, perSecond: 1)
        #expect(buckets.take(for: 1, at: start + .seconds(9)) == nil)
        #expect(buckets.take(for: 1, at: start) == .seconds(1))
    }
}
