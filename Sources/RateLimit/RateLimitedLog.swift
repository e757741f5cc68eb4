package import EventLoop
package import Logging
import Synchronization

/// A log for lines that a stranger or a broken peer can cause without end: one line a minute for
/// each message and source.
///
/// The first line is written at once. The lines of the next minute are counted, and the next line
/// has the count: `repeated=N`. If none follows, a line with the count alone ends the minute.
package final class RateLimitedLog: Sendable {
    private struct Key: Hashable {
        let message: String
        let source: [UInt8]
    }

    private struct Entry {
        let level: Logger.Level
        let naming: Logger.Metadata
        var end: MonotonicTime
        var written = 1
        var heldBack = 0

        mutating func begin(at now: MonotonicTime) {
            (end, written, heldBack) = (now + interval, 1, 0)
        }
    }

    private enum Verdict {
        case held
        /// - Parameter repeated: The number of lines held back since the last line.
        case written(repeated: Int)
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var sourceCounts: [String: Int] = [:]
        var earliestEnd: MonotonicTime?
    }

    private static let interval = Duration.seconds(60)
    /// A line this soon after its minute still reports the count.
    private static let grace = Duration.seconds(1)
    private static let checkInterval = Duration.seconds(5)
    private static let sourceBytesMax = 64
    private static let otherSources = "others"

    private let logger: Logger
    private let sourcesMax: Int
    private let clock: @Sendable () -> MonotonicTime
    private let state = Mutex(State())

    /// - Parameters:
    ///   - logger: Gets the lines.
    ///   - sourcesMax: Sources of a message with a line of their own each minute. Further sources
    ///     share one, so that many addresses cannot flood the log.
    ///   - clock: Tells when a minute is over.
    package init(
        _ logger: Logger, sourcesMax: Int = 64,
        clock: @escaping @Sendable () -> MonotonicTime = MonotonicTime.current
    ) {
        self.logger = logger
        self.sourcesMax = sourcesMax
        self.clock = clock
    }

    /// Writes the line, or counts it if its message was written for this source within a minute.
    ///
    /// - Parameters:
    ///   - message: Names the kind of line.
    ///   - source: The cause, such as an address, a user or a file; empty if there is only one.
    ///   - linesMax: Lines of a minute that are written before others are held back. More than one
    ///     suits a state whose second change should show.
    ///   - naming: The name of the source in the line and in its count. The default, `source=…`,
    ///     is in the count alone.
    ///   - metadata: More for the line. A count alone does not have it.
    package func log(
        _ level: Logger.Level, _ message: StaticString, source: String = "", linesMax: Int = 1,
        naming: @autoclosure () -> Logger.Metadata = [:],
        metadata: @autoclosure () -> Logger.Metadata = [:]
    ) {
        guard logger.logLevel <= level else { return }
        let (now, kind) = (clock(), message.description)
        let (verdict, due) = state.withLock { state in
            let due = Self.takeDue(&state, at: now)
            return (record(level, kind, source, linesMax, naming, &state, at: now), due)
        }
        write(due)
        guard case .written(let repeated) = verdict else { return }
        var fields = metadata().merging(naming()) { $1 }
        if repeated > 0 { fields["repeated"] = "\(repeated)" }
        logger.log(level: level, "\(kind)", metadata: fields)
    }

    /// Writes each count of held-back lines after its minute, until it is cancelled. Then it writes
    /// all of them.
    package func run(on loop: EventLoop) async {
        while !Task.isCancelled {
            let end = state.withLock { $0.earliestEnd }
            let wait = end.map { $0 + Self.grace - clock() } ?? Self.checkInterval
            let pause = min(max(wait, .milliseconds(10)), Self.checkInterval)
            do { try await loop.sleep(for: pause) } catch { break }
            flush()
        }
        flush(all: true)
    }

    /// Writes the counts that are due.
    ///
    /// - Parameter all: Whether to write counts whose minute is not over.
    package func flush(all: Bool = false) {
        let now = clock()
        write(state.withLock { Self.takeDue(&$0, at: now, all: all) })
    }

    private func record(
        _ level: Logger.Level, _ kind: String, _ source: String, _ linesMax: Int,
        _ naming: () -> Logger.Metadata, _ state: inout State, at now: MonotonicTime
    ) -> Verdict {
        var key = Key(message: kind, source: Array(source.utf8.prefix(Self.sourceBytesMax)))
        var isOwn = true
        if state.entries[key] == nil, state.sourceCounts[kind, default: 0] >= sourcesMax {
            isOwn = false
            key = Key(message: kind, source: Array(Self.otherSources.utf8))
        }
        if let entry = state.entries[key] {
            if entry.end <= now {
                state.entries[key]?.begin(at: now)
                return .written(repeated: entry.heldBack)
            }
            if entry.written < linesMax {
                state.entries[key]?.written += 1
                return .written(repeated: 0)
            }
            state.entries[key]?.heldBack += 1
            return .held
        }
        let name = String(decoding: key.source, as: UTF8.self)
        let named = isOwn ? naming() : [:]
        state.entries[key] = Entry(
            level: level, naming: named.isEmpty && !name.isEmpty ? ["source": "\(name)"] : named,
            end: now + Self.interval)
        state.sourceCounts[kind, default: 0] += 1
        state.earliestEnd = state.earliestEnd ?? (now + Self.interval)
        return .written(repeated: 0)
    }

    /// Removes and returns the entries whose minute is over.
    private static func takeDue(
        _ state: inout State, at now: MonotonicTime, all: Bool = false
    ) -> [(kind: String, entry: Entry)] {
        guard let earliest = state.earliestEnd, all || earliest + grace <= now else { return [] }
        var due: [(String, Entry)] = []
        for (key, entry) in state.entries where all || entry.end + grace <= now {
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
            let repeated: Logger.Metadata = ["repeated": "\(entry.heldBack)"]
            logger.log(
                level: entry.level, "\(kind)", metadata: entry.naming.merging(repeated) { $1 })
        }
    }
}
