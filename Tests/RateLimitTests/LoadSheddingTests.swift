import EventLoop
import InMemoryLogging
import Logging
import TestSupport
import Testing

@testable import RateLimit

struct LoadSheddingTests {
    private let handler = InMemoryLogHandler()
    private let clock = ManualClock()
    private let shedding: LoadShedding

    init() {
        let handler = handler
        let clock = clock
        let log = RateLimitedLog(.test(handler), clock: { clock.now })
        shedding = LoadShedding(log, clock: { clock.now })
    }

    @Test func `shedding is shown for a minute after the latest refusal`() {
        #expect(!shedding.isShedding)
        shedding.refused(.vault)
        clock.advance(by: .seconds(30))
        shedding.refused(.vault)
        clock.advance(by: .seconds(59))
        #expect(shedding.isShedding)
        clock.advance(by: .seconds(1))
        #expect(!shedding.isShedding)
    }

    @Test func `one line a minute counts the refusals since the line before`() {
        shedding.refused(.answers)
        for _ in 0..<1_000 { shedding.refused(.connections) }
        shedding.refused(.bodies)
        #expect(lines == ["shedding load answers=1"])
        clock.advance(by: .seconds(60))
        shedding.refused(.bodies)
        #expect(lines.last == "shedding load bodies=2 connections=1000 repeated=1001")
    }

    private var lines: [String] {
        handler.entries.map { entry in
            let metadata = entry.metadata.map { "\($0.key)=\($0.value)" }.sorted()
            return (["\(entry.message)"] + metadata).joined(separator: " ")
        }
    }
}
