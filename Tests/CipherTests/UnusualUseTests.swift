import CipherAPI
import Encoding
import EventLoop
import HTTP
import InMemoryLogging
import Logging
import RateLimit
import TestSupport
import Testing

@testable import Cipher

struct UnusualUseTests {
    private let handler = InMemoryLogHandler()

    private func use() -> UnusualUse {
        UnusualUse(
            limits: UnusualUse.Limits(opened: 10, refused: 3),
            log: RateLimitedLog(Logger.test(handler)))
    }

    private var lines: [String] { handler.entries.map { "\($0.message)" } }

    @Test func `a burst of opens is one line a minute`() {
        var use = use()
        let now = MonotonicTime.current()
        for _ in 0..<5 { use.count(opened: 2, refused: 0, at: now) }
        #expect(lines.isEmpty)
        for _ in 0..<5 { use.count(opened: 2, refused: 0, at: now) }
        #expect(lines == ["unusually many contents are opened"])
    }

    @Test func `contents that do not open are told of by themselves`() {
        var use = use()
        let now = MonotonicTime.current()
        use.count(opened: 9, refused: 4, at: now)
        #expect(lines == ["unusually many contents do not open"])
    }

    @Test func `what is spread over minutes is not unusual`() {
        var use = use()
        var now = MonotonicTime.current()
        for _ in 0..<5 {
            use.count(opened: 10, refused: 3, at: now)
            now = now + .seconds(60)
        }
        #expect(lines.isEmpty)
    }

    @Test func `only what was opened counts as opened, and a rewrap opens for nobody`() throws {
        let limits = UnusualUse.Limits(opened: 10, refused: 3)
        let handler = handler
        @Sendable func lineCount() -> Int {
            handler.entries.count { "\($0.message)".hasPrefix("unusually") }
        }
        try withService(log: handler, unusual: limits) { service in
            let content = try await service.result("/encrypt", text: "halo", context: "c")
            func batch(_ path: String, _ items: [CipherItem]) async throws {
                _ = try await service.send(.post, path, CipherRequest.encode(batch: items))
            }
            let good = CipherItem(text: JSONText(ByteText(content)), keyContext: "c")
            let other = CipherItem(text: JSONText(ByteText(content)), keyContext: "d")
            try await batch("/rewrap", Array(repeating: good, count: 50))
            try await batch("/decrypt", Array(repeating: good, count: 10))
            try await batch("/decrypt", Array(repeating: other, count: 3))
            #expect(lineCount() == 0)
            try await batch("/decrypt", [other])
            #expect(lineCount() == 1)
            try await batch("/decrypt", [good])
            #expect(lineCount() == 2)
        }
    }
}
