import EventLoop
import HTTP
import Metrics

/// The counts of the last ten minutes at some moments, from which rates and times follow.
struct RecentUse {
    /// The counts at one moment.
    struct Sample {
        let at: MonotonicTime
        let requests: Int
        let sends: Int
        let sendTime: Histogram.Reading
        let pollTime: Histogram.Reading
    }

    /// The rates of the last minute, and the times of the last ten.
    struct Rates: Sendable, Equatable {
        var requestsPerSecond = 0.0
        var sendsPerSecond = 0.0
        var sends = Times()
        var polls = Times()

        /// Bounds in nanoseconds that a share of the times did not exceed; nil if there were none.
        struct Times: Sendable, Equatable {
            var p50: Int?
            var p99: Int?
        }
    }

    static let interval = Duration.seconds(10)
    private static let rateTime = Duration.seconds(60)
    private static let samplesMax = 61

    private var samples: [Sample] = []

    mutating func add(_ sample: Sample) {
        samples.append(sample)
        if samples.count > Self.samplesMax { samples.removeFirst() }
    }

    /// Returns the rates up to a moment.
    func rates(at now: Sample) -> Rates {
        guard let oldest = samples.first else { return Rates() }
        let latest = now.at - Self.rateTime
        let before = samples.last { $0.at <= latest } ?? oldest
        let seconds = max(1, (now.at - before.at) / .seconds(1))
        return Rates(
            requestsPerSecond: Double(now.requests - before.requests) / seconds,
            sendsPerSecond: Double(now.sends - before.sends) / seconds,
            sends: Self.times(now.sendTime.since(oldest.sendTime)),
            polls: Self.times(now.pollTime.since(oldest.pollTime)))
    }

    private static func times(_ reading: Histogram.Reading) -> Rates.Times {
        Rates.Times(p50: reading.bound(ofShare: 0.5), p99: reading.bound(ofShare: 0.99))
    }
}

extension RecentUse.Sample {
    private static let polls = ["/friends/{userId}", "/chat/history"]

    init(of router: Router, at time: MonotonicTime) {
        at = time
        let routes = router.routes
        requests = routes.reduce(router.others.total) { $0 + $1.counts.total }
        let sending = routes.filter { $0.pattern == "/chat/send" }
        sends = sending.reduce(0) { $0 + $1.counts.okCount }
        sendTime = Self.sum(sending)
        pollTime = Self.sum(routes.filter { Self.polls.contains($0.pattern) })
    }

    private static func sum(_ routes: [Route]) -> Histogram.Reading {
        routes.reduce(Histogram().reading) { $0 + $1.counts.latency.reading }
    }
}
