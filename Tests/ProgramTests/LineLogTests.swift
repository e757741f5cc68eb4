import Glibc
import Logging
import Testing

@testable import Program

struct LineLogTests {
    @Test func `a message is one line whatever it holds`() {
        var log = LineLog(label: "Cipher", level: .info)
        log[metadataKey: "version"] = "1"
        let event = LogEvent(
            level: .warning, message: "two\nlines\u{1B}[31m\u{85}",
            metadata: ["a": "x\ry"], source: "s", file: "f", function: "g", line: 1)
        let line = log.line(event, at: timespec(tv_sec: 951_782_399, tv_nsec: 7_999_999))
        #expect(
            String(decoding: line, as: UTF8.self)
                == "2000-02-28T23:59:59.007Z warning Cipher: "
                + "two\\nlines\\u{1b}[31m\\u{85} a=x\\ry version=1\n")
    }
}

struct LogThresholdTests {
    @Test func `a threshold keeps each level`() {
        let threshold = LogThreshold(.info)
        #expect(threshold.level == .info)
        for level in Logger.Level.allCases {
            threshold.level = level
            #expect(threshold.level == level)
        }
    }

    @Test func `a level of a log's own wins over the program's`() {
        var log = LineLog(label: "Cipher", level: nil)
        #expect(log.logLevel == LogThreshold.program.level)
        log.logLevel = .critical
        #expect(log.logLevel == .critical)
    }
}
