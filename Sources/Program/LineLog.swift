import ArgumentParser
import Glibc
package import Logging

/// Writes each log message as one line, on standard error unless told otherwise:
/// `2026-01-31T12:00:00.000Z info Cipher: listening version=1.0.0`.
package struct LineLog: LogHandler {
    package var logLevel: Logger.Level {
        get { own ?? LogThreshold.program.level }
        set { own = newValue }
    }
    package var metadata = Logger.Metadata()
    /// Nil follows the program's level.
    private var own: Logger.Level?
    private let label: String
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - level: Nil follows `LogThreshold.program`.
    ///   - write: Gets each line, with its newline.
    package init(
        label: String, level: Logger.Level?, write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.label = label
        self.write = write
        own = level
    }

    package init(label: String, level: Logger.Level?) {
        self.init(label: label, level: level, write: StandardStreams.writeError)
    }

    /// Returns the program's logger, and makes swift-log give out loggers of this kind by label.
    /// Call it once, before the first message.
    package static func bootstrap(label: String, level: Logger.Level) -> Logger {
        LogThreshold.program.level = level
        LoggingSystem.bootstrap { LineLog(label: $0, level: nil) }
        return Logger(label: label)
    }

    package subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        write(line(event, at: WallClock.now))
    }

    func line(_ event: LogEvent, at time: timespec) -> [UInt8] {
        let message = escapingControls("\(event.message)")
        var text = "\(WallClock.text(time)) \(event.level) \(label): \(message)"
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in merged.sorted(by: { $0.key < $1.key }) {
            text += " \(name)=\(escapingControls("\(value)"))"
        }
        return Array((text + "\n").utf8)
    }
}

/// The value of `--log-level`, by swift-log's names.
package enum LogLevel: String, CaseIterable, ExpressibleByArgument, Sendable {
    case trace, debug, info, notice, warning, error, critical

    package var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
