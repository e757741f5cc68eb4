package import Logging
import Glibc

/// Writes each log message as one line on standard error:
/// `2026-01-31T12:00:00.000Z info Cipher: listening version=1.0.0`.
package struct LineLog: LogHandler {
    package var logLevel: Logger.Level
    package var metadata = Logger.Metadata()
    private let label: String

    package init(label: String, level: Logger.Level) {
        self.label = label
        logLevel = level
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
        writeToStandardError(line(event, at: wallClock()))
    }

    func line(_ event: LogEvent, at time: timespec) -> [UInt8] {
        var text = "\(timestamp(time)) \(event.level) \(label): \(oneLine("\(event.message)"))"
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in merged.sorted(by: { $0.key < $1.key }) {
            text += " \(name)=\(oneLine("\(value)"))"
        }
        return Array((text + "\n").utf8)
    }
}

private func wallClock() -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time
}

/// RFC 3339 in UTC, with milliseconds.
private func timestamp(_ time: timespec) -> String {
    var seconds = time.tv_sec
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ value: some BinaryInteger, _ count: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let date =
        "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
    let clock = "\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
    return "\(date)T\(clock).\(digits(time.tv_nsec / 1_000_000, 3))Z"
}
