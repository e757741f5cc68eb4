package import EventLoop
import Logging
import Synchronization

/// Remembers that load was refused because there is too much of it. Whoever answers 503 `busy`
/// reports here; `/readyz` shows it for a minute, and the log has a line a minute.
package final class LoadShedding: Sendable {
    /// What there was too much of.
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

    /// Notes a refusal. The line of a minute counts those since the line before it, by kind.
    package func refused(_ kind: Kind) {
        let now = clock()
        state.withLock { state in
            state.latest = now
            state.counts[kind, default: 0] += 1
        }
        log.log(.warning, "shedding load", metadata: takeCounts())
    }

    /// Whether anything was refused within the last minute.
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
