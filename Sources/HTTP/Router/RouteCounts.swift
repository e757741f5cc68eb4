internal import EventLoop
package import Metrics

/// The answers of a route by status, and their times. The loop writes it.
package final class RouteCounts: Sendable {
    /// The statuses that have a count of their own. All others share one.
    private static let codes: InlineArray<13, Int> = [
        200, 304, 204, 400, 401, 403, 404, 409, 410, 413, 429, 500, 503,
    ]

    /// One for each of the codes, and the one of all others.
    private let tallies = InlineArray<14, Tally> { _ in Tally() }
    /// From the turn in which the request was read to its answer, without the writing of it.
    package let latency = Histogram()

    package init() {}

    func add(_ status: Status, from start: MonotonicTime) {
        var index = 0
        while index < Self.codes.count, Self.codes[index] != status.code { index += 1 }
        tallies[index].add()
        latency.add(Int(MonotonicTime.current().nanoseconds - start.nanoseconds))
    }

    package var total: Int {
        var total = 0
        for index in tallies.indices { total += tallies[index].read() }
        return total
    }

    /// The number of answers with status 200.
    package var okCount: Int { tallies[0].read() }

    /// The counts that are not 0, and that of 200.
    package var byCode: [(code: String, count: Int)] {
        var all: [(code: String, count: Int)] = []
        for index in tallies.indices {
            let count = tallies[index].read()
            guard count > 0 || index == 0 else { continue }
            all.append((index < Self.codes.count ? "\(Self.codes[index])" : "other", count))
        }
        return all
    }
}
