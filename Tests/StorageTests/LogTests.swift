import InMemoryLogging
import Logging
import Testing
import TestSupport

@testable import Storage

/// Log lines about a disk that stays full or broken.
@Suite struct LogTests {
    @Test func `a full disk is logged a few times a minute`() throws {
        try onLoop { loop in
            let log = InMemoryLogHandler()
            let store = try await JSONStore.open(
                SimulatedDisk(), loop, logger: .test(log))
            for _ in 0..<1_000 {
                await store.commits.fail(with: .full)
                await store.commits.fail(with: .busy)
                await store.commits.fail(with: .failed("gone"))
            }
            let lines = log.entries.map { "\($0.message)" }
            #expect(lines.count { $0.contains("is full") } == 3)
            #expect(lines.count { $0.contains("were dropped") } == 1)
            #expect(lines.count { $0.contains("disk failed") } == 1)
        }
    }
}
