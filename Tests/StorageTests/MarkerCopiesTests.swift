import Encoding
import EventLoop
import Testing
import TestSupport

@testable import Storage

/// Read markers in a backup, and in what salvage makes of a damaged store.
@Suite struct MarkerCopiesTests {
    private static let journal = "/data/journal-000001"
    private static let marker = Change.messagesRead(
        by: UserID("budi"), with: UserID("ana"), upTo: 2)

    /// Budi has read two of Ana's three messages. All of it lies in the journal.
    private static func store(
        _ disk: SimulatedDisk, _ loop: EventLoop
    ) async throws -> JSONStore {
        let store = try await JSONStore.withThreeMessages(disk, loop)
        try await store.commit(marker)
        return store
    }

    private static func row(
        _ folder: String, _ disk: SimulatedDisk, _ loop: EventLoop
    ) async throws -> ContactSummary {
        let store = try await JSONStore.open(
            folder: folder, disk: disk, loop: loop, logger: .silent)
        return try #require(await store.contacts(of: UserID("budi"))?.first)
    }

    @Test func `a backup holds the markers that readers see`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            _ = try await store.backup(to: "/copy")
            #expect(try await Self.row("/copy", disk, loop).readUpTo == 2)
            // A full disk does not stop a backup to another one.
            try await store.commit(
                .messagesRead(by: UserID("budi"), with: UserID("ana"), upTo: 3))
            disk.disturb { operation in
                operation.path == Self.journal && operation.call == .write ? .fail(28) : nil
            }
            _ = try await store.backup(to: "/other")
            #expect(try await Self.row("/other", disk, loop).readUpTo == 2)
        }
    }

    @Test func `salvage keeps a marker whose message is lost`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            await store.commits.writeMarkers()
            let killed = disk.afterKill()
            let lines = (killed.content(Self.journal) ?? []).split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let damaged = lines.map { line in
                let text = String(decoding: line, as: UTF8.self)
                return text.contains("messageAdded") && text.contains("m2")
                    ? Array(text.replacing("\"timestamp\":2", with: "\"timestamp\":3").utf8)
                    : Array(line)
            }
            killed.setContent(Self.journal, Array(damaged.joined(separator: [0x0A])))
            let report = try StoreFolder("/data", disk: killed).salvage(to: "/new") { _ in }
            #expect(report.messages == 2 && report.leftOut == 1)
            let row = try await Self.row("/new", killed, loop)
            #expect(row.readUpTo == 1 && row.unreadCount == 1)
        }
    }

    @Test func `salvage without a snapshot marks as read what the journal does`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            await store.commits.writeMarkers()
            let killed = disk.afterKill()
            killed.remove("/data/db.json")
            _ = try StoreFolder("/data", disk: killed).salvage(to: "/new") { _ in }
            let row = try await Self.row("/new", killed, loop)
            #expect(row.readUpTo == 2 && row.unreadCount == 1)
        }
    }
}
