package import Logging
import Glibc

/// Writes each log message as one line, on standard error unless told otherwise:
/// `2026-01-31T12:00:00.000Z info Cipher: listening version=1.0.0`.
package struct LineLog: LogHandler {
    package var logLevel: Logger.Level
    package var metadata = Logger.Metadata()
    private let label: String
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter write: Gets each line, with its newline.
    package init(
        label: String, level: Logger.Level, write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.label = label
        self.write = write
        logLevel = level
    }

    package init(label: String, level: Logger.Level) {
        self.init(label: label, level: level, write: StandardStreams.writeError)
    }

    /// The program's logger; also what swift-log gives to whoever asks for one by label.
    /// Call once, before the first message.
    package static func bootstrap(label: String, level: Logger.Level) -> Logger {
        LoggingSystem.bootstrap { LineLog(label: $0, level: level) }
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
        var text = "\(WallClock.text(time)) \(event.level) \(label): \(oneLine("\(event.message)"))"
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in merged.sorted(by: { $0.key < $1.key }) {
            text += " \(name)=\(oneLine("\(value)"))"
        }
        return Array((text + "\n").utf8)
    }
}
