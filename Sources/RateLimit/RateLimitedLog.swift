package import EventLoop
package import Logging
import Synchronization

/// A log for lines that a stranger or a broken peer can cause again and again: one line a minute
/// for each message and source.
///
/// The first line is written at once. Those of the minute after it are counted, and the count
/// stands in the line that follows: `repeated=N`. Where none follows, a line with the count alone
/// is written when the minute is over.
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
        /// - Parameter repeated: How many were held back since the last line.
        case written(repeated: Int)
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var sourceCounts: [String: Int] = [:]
        var earliestEnd: MonotonicTime?
    }

    private static let interval = Duration.seconds(60)
    /// A line that comes so soon after its minute still takes the count along.
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
    ///   - sourcesMax: Sources of a message that have a line of their own each minute. Further ones
    ///     share one, so that a stranger with many addresses cannot flood the log either.
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
    ///   - source: What caused it: an address, a user, a file; empty where the kind has but one.
    ///   - linesMax: How many lines of a minute are written before others are held back. More than
    ///     one suits what tells of a state, whose second change should be seen.
    ///   - naming: What names the source, in the line and in its count; by default `source=…`,
    ///     which stands in the count alone.
    ///   - metadata: Stands in the line, and not in a count alone.
    package func log(
        _ level: Logger.Level, _ message: StaticString, source: String = "", linesMax: Int = 1,
        naming: @autoclosure () -> Logger.Metadata = [:],
        metadata: @autoclosure () -> Logger.Metadata = [:]
    ) {
        guard logger.logLevel <= level else { return }
        let (now, kind) = (clock(), message.description)
        let (verdict, due) = state.withLock { state in
            let due = Self.takeDue(&state, at: now)
            return (note(level, kind, source, linesMax, naming, &state, at: now), due)
        }
        write(due)
        guard case .written(let repeated) = verdict else { return }
        var told = metadata().merging(naming()) { $1 }
        if repeated > 0 { told["repeated"] = "\(repeated)" }
        logger.log(level: level, "\(kind)", metadata: told)
    }

    /// Writes the counts of lines held back once their minute is over, until it is cancelled; then
    /// it writes all of them.
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
    /// - Parameter all: Also those whose minute is not over.
    package func flush(all: Bool = false) {
        let now = clock()
        write(state.withLock { Self.takeDue(&$0, at: now, all: all) })
    }

    private func note(
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

    /// Takes out the entries whose minute is over.
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
