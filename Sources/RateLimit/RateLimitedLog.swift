package import EventLoop
package import Logging
import Synchronization

/// A log for lines that a stranger or a broken peer can cause again and again: one line a minute
/// for each message and source.
///
/// The first line of a minute is written at once. Those that follow are counted, and the count is
/// written when the minute is over: `repeated=N` beside the same message and source.
package final class RateLimitedLog: Sendable {
    private struct Key: Hashable {
        let message: String
        let source: [UInt8]
    }

    private struct Entry {
        let level: Logger.Level
        let source: String
        let end: MonotonicTime
        var heldBack = 0
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var sourceCounts: [String: Int] = [:]
        var earliestEnd: MonotonicTime?
    }

    private static let interval = Duration.seconds(60)
    private static let checkInterval = Duration.seconds(5)
    /// Further sources of one message share one line, so that a stranger with many addresses
    /// cannot flood the log either.
    private static let sourcesPerMessageMax = 64
    private static let sourceBytesMax = 64
    private static let otherSources = "others"

    private let logger: Logger
    private let clock: @Sendable () -> MonotonicTime
    private let state = Mutex(State())

    /// - Parameters:
    ///   - logger: Gets the lines.
    ///   - clock: Tells when a minute is over.
    package init(
        _ logger: Logger, clock: @escaping @Sendable () -> MonotonicTime = MonotonicTime.current
    ) {
        self.logger = logger
        self.clock = clock
    }

    /// Writes the line, or counts it if its message was written for this source within a minute.
    ///
    /// - Parameters:
    ///   - message: Names the kind of line.
    ///   - source: What caused it: an address, a user, a file; empty where the kind has but one.
    ///   - metadata: Written with the first line alone.
    package func log(
        _ level: Logger.Level, _ message: StaticString, source: String = "",
        metadata: @autoclosure () -> Logger.Metadata = [:]
    ) {
        guard logger.logLevel <= level else { return }
        let (now, kind) = (clock(), message.description)
        let (isFirst, due) = state.withLock { state in
            let due = Self.takeDue(&state, at: now)
            return (Self.note(level, kind, source, &state, at: now), due)
        }
        write(due)
        if isFirst { logger.log(level: level, "\(kind)", metadata: metadata()) }
    }

    /// Writes the counts of lines held back once their minute is over, until it is cancelled; then
    /// it writes all of them.
    package func run(on loop: EventLoop) async {
        while !Task.isCancelled {
            do { try await loop.sleep(for: Self.checkInterval) } catch { break }
            flush()
        }
        flush(all: true)
    }

    /// Writes the counts that are due.
    ///
    /// - Parameter all: Also those whose minute is not over.
    package func flush(all: Bool = false) {
        let now = clock()
        write(state.withLock { Self.takeDue(&$0, at: now, all: all) })
    }

    /// Returns whether it is the first of its minute.
    private static func note(
        _ level: Logger.Level, _ kind: String, _ source: String, _ state: inout State,
        at now: MonotonicTime
    ) -> Bool {
        var source = String(decoding: source.utf8.prefix(sourceBytesMax), as: UTF8.self)
        var key = Key(message: kind, source: Array(source.utf8))
        if state.entries[key] == nil,
            state.sourceCounts[kind, default: 0] >= sourcesPerMessageMax
        {
            source = otherSources
            key = Key(message: kind, source: Array(source.utf8))
        }
        if state.entries[key] != nil {
            state.entries[key]?.heldBack += 1
            return false
        }
        let end = now + interval
        state.entries[key] = Entry(level: level, source: source, end: end)
        state.sourceCounts[kind, default: 0] += 1
        state.earliestEnd = state.earliestEnd.map { min($0, end) } ?? end
        return true
    }

    /// Takes out the entries whose minute is over.
    private static func takeDue(
        _ state: inout State, at now: MonotonicTime, all: Bool = false
    ) -> [(kind: String, entry: Entry)] {
        guard let earliest = state.earliestEnd, all || earliest <= now else { return [] }
        var due: [(String, Entry)] = []
        for (key, entry) in state.entries where all || entry.end <= now {
            due.append((key.message, entry))
            state.entries[key] = nil
            let left = state.sourceCounts[key.message, default: 1] - 1
            state.sourceCounts[key.message] = left > 0 ? left : nil
        }
        state.earliestEnd = state.entries.values.map(\.end).min()
        return due
    }

    private func write(_ due: [(kind: String, entry: Entry)]) {
        for (kind, entry) in due where entry.heldBack > 0 {
            var metadata: Logger.Metadata = ["repeated": "\(entry.heldBack)"]
            if !entry.source.isEmpty { metadata["source"] = "\(entry.source)" }
            logger.log(level: entry.level, "\(kind)", metadata: metadata)
        }
    }
}
