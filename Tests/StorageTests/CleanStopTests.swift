import Encoding
import EventLoop
import Glibc
import Testing
import TestSupport

@testable import Storage

/// A start after a clean stop: no revision that it hands out ever names another change.
@Suite struct CleanStopTests {
    /// A store that was stopped cleanly. Budi has read none of Ana's four messages.
    private static func stopped(_ loop: EventLoop) async throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("ana", "budi")
        try await store.commit(.befriended(UserID("ana"), UserID("budi")))
        for time in 1...4 {
            try await store.add("m\(time)", from: "ana", to: "budi", at: Int64(time))
        }
        await store.close()
        var random = SeededGenerator(seed: 1)
        return disk.after(.allKept, using: &random)
    }

    private static func fillDisk(_ disk: SimulatedDisk) {
        disk.disturb { operation in
            switch operation.call {
            case .create, .write, .truncate, .unlink, .rename, .syncFolder: .fail(EROFS)
            default: nil
            }
        }
    }

    /// Moves four markers that no file holds yet, and returns the cursor that a client has then.
    private static func cursor(
        _ disk: SimulatedDisk, _ loop: EventLoop
    ) async throws -> UInt64 {
        let store = try await JSONStore.open(disk, loop)
        for time in 1...4 as ClosedRange<Int64> {
            try await store.commit(
                .messagesRead(by: UserID("budi"), with: UserID("ana"), upTo: time))
        }
        return try #require(store.revision(of: UserID("budi")))
    }

    /// Makes other changes at the next start, and looks whether the cursor passes for a known one.
    private static func isUnknown(
        _ cursor: UInt64, _ disk: SimulatedDisk, _ loop: EventLoop
    ) async throws -> Bool {
        let store = try await JSONStore.open(disk, loop)
        for time in 5...10 {
            try await store.add("m\(time)", from: "ana", to: "budi", at: Int64(time))
        }
        if case .unknownCursor? = await store.contactChanges(of: UserID("budi"), since: cursor) {
            return true
        }
        return false
    }

    @Test func `revisions of markers that a disk without writes never held are unknown`() throws {
        try onLoop { loop in
            let disk = try await Self.stopped(loop)
            Self.fillDisk(disk)
            let cursor = try await Self.cursor(disk, loop)
            disk.disturb(nil)
            #expect(try await Self.isUnknown(cursor, disk.afterKill(), loop))
        }
    }

    @Test func `revisions of markers that a power cut took are unknown`() throws {
        try onLoop { loop in
            let disk = try await Self.stopped(loop)
            let cursor = try await Self.cursor(disk, loop)
            var random = SeededGenerator(seed: 1)
            let after = disk.after(.allDropped, using: &random)
            #expect(try await Self.isUnknown(cursor, after, loop))
        }
    }

    @Test(arguments: [SimulatedDisk.Call.truncate, .sync])
    func `a note that cannot be erased is not used`(call: SimulatedDisk.Call) throws {
        try onLoop { loop in
            let disk = try await Self.stopped(loop)
            disk.disturb { operation in
                operation.call == call && operation.path.hasSuffix("lock") ? .fail(EIO) : nil
            }
            let cursor = try await Self.cursor(disk, loop)
            var random = SeededGenerator(seed: 1)
            let after = disk.after(.allDropped, using: &random)
            #expect(try await Self.isUnknown(cursor, after, loop))
        }
    }

    @Test func `markers taken while the disk was full are written once it takes writes`() throws {
        try onLoop { loop in
            let disk = try await Self.stopped(loop)
            Self.fillDisk(disk)
            let store = try await JSONStore.open(disk, loop)
            try await store.commit(
                .messagesRead(by: UserID("budi"), with: UserID("ana"), upTo: 3))
            await store.commits.writeMarkers()
            #expect(await store.state == .open)
            disk.disturb(nil)
            await store.commits.writeMarkers()
            let found = try await JSONStore.open(disk.afterKill(), loop)
            #expect(await found.contacts(of: UserID("budi"))?.first?.readUpTo == 3)
            #expect(await found.contacts(of: UserID("budi"))?.first?.unreadCount == 1)
        }
    }
}
