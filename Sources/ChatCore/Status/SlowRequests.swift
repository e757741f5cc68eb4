import HTTP
import Logging
import Metrics
import RateLimit

/// Logs each request that took long, with the parts of its time in milliseconds. A line names the
/// route and the request, and no person.
struct SlowRequests: Sendable {
    /// Lines of a minute and a route. A slow disk makes every request slow.
    private static let linesMax = 30

    /// In nanoseconds; nil where nothing is logged.
    private let timeMin: UInt64?
    private let log: RateLimitedLog

    /// - Parameter timeMin: The time from which a request is slow; nil logs none.
    init(timeMin: Duration?, log: RateLimitedLog) {
        self.timeMin = timeMin.map { UInt64($0 / .nanoseconds(1)) }
        self.log = log
    }

    /// - Parameter route: The pattern of its route; called for a slow request alone.
    func note(
        _ request: Request, _ status: Status, _ times: ServedTimes, route: () -> String
    ) {
        guard let timeMin, times.all >= timeMin else { return }
        let route = route()
        log.log(
            .notice, "slow request", source: route, linesMax: Self.linesMax,
            naming: ["route": "\(route)"], metadata: Self.metadata(request, status, times))
    }

    static func metadata(
        _ request: Request, _ status: Status, _ times: ServedTimes
    ) -> Logger.Metadata {
        let parts = [RequestPart.queue, .vault, .disk].map { request.time(spentOn: $0) }
        let other = Int(times.answering) - parts.reduce(0, +)
        return [
            "request": "\(RequestID(of: request).text)", "status": "\(status.code)",
            "ms": "\(times.all / 1_000_000)", "queueMs": "\(parts[0] / 1_000_000)",
            "vaultMs": "\(parts[1] / 1_000_000)", "diskMs": "\(parts[2] / 1_000_000)",
            "writingMs": "\(times.writing / 1_000_000)",
            "otherMs": "\(max(0, other) / 1_000_000)",
        ]
    }
}
