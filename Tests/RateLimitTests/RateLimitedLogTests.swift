import EventLoop
import InMemoryLogging
import Logging
import Synchronization
import Testing

@testable import RateLimit

struct RateLimitedLogTests {
    private let handler = InMemoryLogHandler()
    private let clock = TestClock()
    private let log: RateLimitedLog

    init() {
        let handler = handler
        let clock = clock
        log = RateLimitedLog(Logger(label: "test") { _ in handler }, clock: { clock.now })
    }

    private var lines: [String] {
        handler.entries.map { entry in
            let metadata = entry.metadata.map { "\($0.key)=\($0.value)" }.sorted()
            return (["\(entry.message)"] + metadata).joined(separator: " ")
        }
    }

    @Test func theFirstLineIsWrittenAtOnceAndTheRestAsACountAfterAMinute() {
        for _ in 0..<1_000 { log.log(.info, "refused", source: "a", metadata: ["why": "x"]) }
        #expect(lines == ["refused why=x"])
        clock.advance(by: .seconds(59))
        log.flush()
        #expect(lines.count == 1)
        clock.advance(by: .seconds(1))
        log.flush()
        #expect(lines == ["refused why=x", "refused repeated=999 source=a"])
        log.log(.info, "refused", source: "a")
        #expect(lines.last == "refused")
    }

    @Test func anotherLineBringsOutTheCountsThatAreDue() {
        log.log(.info, "refused")
        log.log(.info, "refused")
        clock.advance(by: .seconds(60))
        log.log(.info, "other")
        #expect(lines == ["refused", "refused repeated=1", "other"])
    }

    @Test func sourcesAndMessagesDoNotHideOneAnother() {
        for source in ["a", "b"] {
            log.log(.info, "one", source: source, metadata: ["from": "\(source)"])
            log.log(.info, "two", source: source, metadata: ["from": "\(source)"])
        }
        #expect(lines == ["one from=a", "two from=a", "one from=b", "two from=b"])
    }

    @Test func sourcesBeyondTheLimitShareALine() {
        for source in 0..<5_000 { log.log(.info, "refused", source: "\(source)") }
        #expect(lines.count == 65)
        log.flush(all: true)
        #expect(lines.last == "refused repeated=\(5_000 - 65) source=others")
    }

    @Test func aLevelThatIsNotLoggedCostsNothing() {
        log.log(
            .trace, "refused",
            metadata: {
                Issue.record("made"); return [:]
            }())
        #expect(lines.isEmpty)
    }
}

private final class TestClock: Sendable {
    private let time = Mutex(MonotonicTime(nanoseconds: 1))
    var now: MonotonicTime { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}
