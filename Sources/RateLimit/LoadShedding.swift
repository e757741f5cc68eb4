package import EventLoop
import Logging
import Synchronization

/// Records that load was refused. Every answer 503 `busy` is reported here. `/readyz` shows it for
/// a minute, and the log has a line a minute.
package final class LoadShedding: Sendable {
    /// The resource that was short.
    package enum Kind: String, Sendable, CaseIterable {
        case connections, bodies, answers, vault, passwords, disk
    }

    private struct State {
        var latest: MonotonicTime?
        /// By kind, since the last line.
        var counts: [Kind: Int] = [:]
    }

    private static let timeShown = Duration.seconds(60)

    package let log: RateLimitedLog
    private let clock: @Sendable () -> MonotonicTime
    private let state = Mutex(State())

    /// - Parameters:
    ///   - log: Gets the lines.
    ///   - clock: Tells how long ago the latest refusal was.
    package init(
        _ log: RateLimitedLog,
        clock: @escaping @Sendable () -> MonotonicTime = MonotonicTime.current
    ) {
        self.log = log
        self.clock = clock
    }

    /// Records a refusal. The line of a minute counts the refusals since the line before, by kind.
    package func refused(_ kind: Kind) {
        let now = clock()
        state.withLock { state in
            state.latest = now
            state.counts[kind, default: 0] += 1
        }
        log.log(.warning, "shedding load", metadata: takeCounts())
    }

    /// Whether any load was refused within the last minute.
    package var isShedding: Bool {
        let now = clock()
        return state.withLock { state in
            state.latest.map { now - $0 < Self.timeShown } ?? false
        }
    }

    private func takeCounts() -> Logger.Metadata {
        let counts = state.withLock { state in
            defer { state.counts = [:] }
            return state.counts
        }
        return Logger.Metadata(
            uniqueKeysWithValues: counts.map { ($0.key.rawValue, "\($0.value)") })
    }
}
