import EventLoop
import InMemoryLogging
import Logging
import Synchronization
import TestSupport
import Testing

@testable import RateLimit

struct RateLimitedLogTests {
    private let handler = InMemoryLogHandler()
    private let clock = ManualClock()
    private let log: RateLimitedLog

    init() {
        let handler = handler
        let clock = clock
        log = RateLimitedLog(.test(handler), clock: { clock.now })
    }

    private var lines: [String] {
        handler.entries.map { entry in
            let metadata = entry.metadata.map { "\($0.key)=\($0.value)" }.sorted()
            return (["\(entry.message)"] + metadata).joined(separator: " ")
        }
    }

    @Test func `the first line is written at once and the rest as a count after a minute`() {
        for _ in 0..<1_000 { log.log(.info, "refused", source: "a", metadata: ["why": "x"]) }
        #expect(lines == ["refused why=x"])
        clock.advance(by: .seconds(60))
        log.flush()
        #expect(lines.count == 1, "the next line may take the count along")
        clock.advance(by: .seconds(1))
        log.flush()
        #expect(lines == ["refused why=x", "refused repeated=999 source=a"])
        log.log(.info, "refused", source: "a")
        #expect(lines.last == "refused")
    }

    @Test func `a line that repeats is written once a minute with the count of the minute before`()
    {
        for second in 0..<600 {
            log.log(.info, "refused", source: "a", metadata: ["second": "\(second)"])
            clock.advance(by: .seconds(1))
            log.flush()
        }
        let expected = (1..<10).map { "refused repeated=59 second=\($0 * 60)" }
        #expect(lines == ["refused second=0"] + expected)
    }

    @Test func `the name of the source stands in the count too`() {
        for _ in 0..<3 {
            log.log(
                .info, "refused", source: "a b",
                naming: ["address": "a", "user": "b"], metadata: ["why": "x"])
        }
        log.flush(all: true)
        #expect(
            lines == ["refused address=a user=b why=x", "refused address=a repeated=2 user=b"])
    }

    @Test func `another line brings out the counts that are due`() {
        log.log(.info, "refused")
        log.log(.info, "refused")
        clock.advance(by: .seconds(61))
        log.log(.info, "other")
        #expect(lines == ["refused", "refused repeated=1", "other"])
    }

    @Test func `a minute without further lines has no count`() {
        log.log(.info, "refused", source: "a")
        clock.advance(by: .seconds(61))
        log.flush()
        log.flush(all: true)
        #expect(lines == ["refused"])
    }

    @Test func `sources and messages do not hide one another`() {
        for source in ["a", "b"] {
            log.log(.info, "one", source: source, metadata: ["from": "\(source)"])
            log.log(.info, "two", source: source, metadata: ["from": "\(source)"])
        }
        #expect(lines == ["one from=a", "two from=a", "one from=b", "two from=b"])
    }

    @Test func `sources beyond the limit share a line`() {
        for source in 0..<5_000 { log.log(.info, "refused", source: "\(source)") }
        #expect(lines.count == 65)
        log.flush(all: true)
        #expect(lines.last == "refused repeated=\(5_000 - 65) source=others")
    }

    @Test func `a line about a state may be written a few times a minute`() {
        for minute in 0..<2 {
            for _ in 0..<5 { log.log(.info, "away", linesMax: 3) }
            #expect(lines.count == 3 * (minute + 1))
            clock.advance(by: .seconds(60))
        }
        #expect(lines.filter { $0 == "away repeated=2" }.count == 1)
    }

    @Test func `the number of sources with a line of their own can be set`() {
        let log = RateLimitedLog(
            .test(handler), sourcesMax: 2,
            clock: { [clock] in clock.now })
        for source in 0..<10 { log.log(.info, "refused", source: "\(source)") }
        #expect(lines.count == 3)
        clock.advance(by: .seconds(61))
        for source in 10..<12 { log.log(.info, "refused", source: "\(source)") }
        #expect(lines.count == 6, "the count of the others, and two sources of a new minute")
    }

    @Test func `counts are written by itself and at the end`() throws {
        let loop = try EventLoop()
        try loop.run { [log, clock, handler] in
            await withDiscardingTaskGroup { group in
                group.addTask(executorPreference: loop) { await log.run(on: loop) }
                for _ in 0..<3 { log.log(.info, "refused", source: "a") }
                clock.advance(by: .seconds(61))
                let end = MonotonicTime.current() + .seconds(20)
                while handler.entries.count < 2, MonotonicTime.current() < end {
                    do { try await loop.sleep(for: .milliseconds(10)) } catch { return }
                }
                for _ in 0..<3 { log.log(.info, "refused", source: "a") }
                group.cancelAll()
            }
        }
        #expect(
            lines == [
                "refused", "refused repeated=2 source=a", "refused",
                "refused repeated=2 source=a",
            ])
    }

    @Test func `a level that is not logged costs nothing`() {
        log.log(
            .trace, "refused",
            metadata: {
                Issue.record("made"); return [:]
            }())
        #expect(lines.isEmpty)
    }
}
