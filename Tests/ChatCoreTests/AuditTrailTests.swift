import EventLoop
import Foundation
import InMemoryLogging
import Logging
import RateLimit
import Testing
import TestSupport

@testable import ChatCore

@Suite struct AuditTrailTests {
    private let log = InMemoryLogHandler()

    @Test func `lines are written beside the loop in their order`() throws {
        try withTrail { trail in
            try run(trail.files) { audit, loop in
                for number in 0..<1_000 { audit.info("line", metadata: ["number": "\(number)"]) }
                try await loop.eventually {
                    trail.text().split(separator: "\n").count == 1_000
                }
            }
            let lines = trail.text().split(separator: "\n")
            #expect(lines.count == 1_000)
            for (number, line) in lines.enumerated() {
                #expect(line.hasSuffix("info test: line number=\(number)"))
            }
            #expect(log.entries.isEmpty)
        }
    }

    @Test func `finishing writes the remaining lines`() throws {
        try withTrail { trail in
            try run(trail.files) { audit, _ in audit.info("last") }
            #expect(trail.text().hasSuffix("info test: last\n"))
        }
    }

    /// The folder is away all the time, and back for the end.
    @Test func `the buffer is bounded, and lost lines are counted`() throws {
        try withTrail { trail in
            let count = 10_000
            try run(trail.files) { [log] audit, loop in
                #expect(rename(trail.folder, trail.folder + "-away") == 0)
                for _ in 0..<count { audit.info("0123456789012345678901234567890123456789") }
                try await loop.eventually {
                    log.entries.contains { "\($0.message)".contains("is not written") }
                }
                #expect(rename(trail.folder + "-away", trail.folder) == 0)
            }
            let written = trail.text().split(separator: "\n").count
            let lost = log.entries.filter { "\($0.message)".contains("are lost") }
            #expect(written > 1_000 && trail.text().utf8.count <= 256 << 10)
            #expect(lost.count == 1 && lost.first?.metadata["count"] == "\(count - written)")
            let faults = log.entries.filter { "\($0.message)".contains("is not written") }
            #expect(faults.count == 1)
        }
    }

    @Test func `a path that can never be a file is refused at the start`() throws {
        try withTrail { trail in
            #expect(mkdir(trail.files.path, 0o700) == 0)
            let loop = try EventLoop()
            #expect(throws: (any Error).self) {
                _ = try AuditTrail(trail.files, loop: loop, log: limited)
            }
        }
    }

    private var limited: RateLimitedLog {
        RateLimitedLog(Logger(label: "log") { [log] _ in log })
    }

    /// Runs `body` beside the trail, then ends it as the program does.
    private func run(
        _ files: AuditFiles, _ body: @escaping @Sendable (Logger, EventLoop) async throws -> Void
    ) throws {
        let (loop, limited) = (try EventLoop(), limited)
        try loop.run {
            let trail = try AuditTrail(files, loop: loop, log: limited)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) { await trail.run() }
                try await body(trail.logger(label: "test"), loop)
                group.cancelAll()
            }
            trail.finish()
        }
    }
}
