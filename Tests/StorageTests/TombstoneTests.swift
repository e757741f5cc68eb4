import Encoding
import EventLoop
import Testing
import TestSupport

@testable import Storage

/// Deleted messages in the files: what leaves them and when, and that nothing brings it back.
@Suite struct TombstoneTests {
    private static let secret = "v1:GEHEI" + ForgedStore.rest

    private static func store(_ disk: SimulatedDisk, _ loop: EventLoop) async throws -> JSONStore {
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("ana", "budi")
        try await store.commit(.befriended(UserID("ana"), UserID("budi")))
        try await store.add("m1", from: "ana", to: "budi", at: 1, content: secret)
        try await store.add(
            "m2", from: "budi", to: "ana", at: 2, content: "v1:B" + ForgedStore.rest)
        return store
    }

    private static func holdsSecret(_ disk: SimulatedDisk) -> Bool {
        disk.files.contains { file in
            String(decoding: disk.content(file) ?? [], as: UTF8.self).contains("GEHEI")
        }
    }

    @Test func `the content is gone from all files after the next fold`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            try await store.fold()
            #expect(Self.holdsSecret(disk))
            try await store.delete("m1", at: 3)
            #expect(try await store.history("ana", "budi").map(\.content.isEmpty) == [true, false])
            try await store.fold()
            #expect(!Self.holdsSecret(disk))
            await store.close()
            let again = try await JSONStore.open(disk, loop)
            #expect(try await again.history("ana", "budi").map(\.deletedAt) == [3, nil])
            await again.close()
            #expect(try StoreFolder("/data", disk: disk).verify().readable.messageCount == 0)
        }
    }

    @Test func `a deletion asks for a fold, also after a restart`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            try await store.fold()
            try await store.delete("m1", at: 3)
            let message = try #require(try await store.message(MessageID("m1")))
            #expect(Change.messageDeleted(message).isRemoval)
            let crashed = disk.afterKill()
            #expect(try Recovery.read(Folder(path: "/data", disk: crashed)).holdsRemoval)
            try await store.fold()
            let folded = disk.afterKill()
            #expect(try !Recovery.read(Folder(path: "/data", disk: folded)).holdsRemoval)
        }
    }

    @Test func `a deletion during a fold survives it`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            let gate = DiskGate()
            disk.disturb { operation in
                if operation.path.hasSuffix(".tmp"), operation.call == .write { gate.wait() }
                return nil
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) { try await store.fold() }
                try await gate.arrival(loop)
                try await store.delete("m1", at: 3)
                gate.open()
                try await group.waitForAll()
            }
            disk.disturb(nil)
            #expect(try await store.history("ana", "budi").map(\.deletedAt) == [3, nil])
            let again = try await JSONStore.open(disk.afterKill(), loop)
            #expect(try await again.history("ana", "budi").map(\.deletedAt) == [3, nil])
            try await store.fold()
            #expect(!Self.holdsSecret(disk))
        }
    }

    @Test func `salvage keeps tombstones, and leftover segments bring nothing back`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            try await store.commit(
                .messageReplaced(MessageID("m1"), from: ByteText(Self.secret), to: "v2:GEHEI"))
            let old = try #require(disk.content("/data/journal-000001"))
            try await store.delete("m1", at: 3)
            try await store.delete("m2", at: 4)
            try await store.fold()
            await store.close()
            disk.setContent("/data/journal-000001", old)
            // Without its last line, `db.json` does not tell that the first segment is folded.
            let text = String(decoding: disk.content("/data/db.json") ?? [], as: UTF8.self)
            let meta = try #require(text.firstRange(of: "\"meta\""))
            disk.setContent("/data/db.json", Array(text[..<meta.lowerBound].utf8))
            _ = try StoreFolder("/data", disk: disk).salvage(to: "/new") { _ in }
            let new = try await JSONStore.open(
                folder: "/new", disk: disk, loop: loop, logger: .silent)
            #expect(try await new.history("ana", "budi").map(\.deletedAt) == [3, 4])
            try await new.add("m3", from: "ana", to: "budi", at: 5)
            await new.close()
        }
    }

    @Test func `salvage keeps a tombstone whose message is lost`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            try await store.fold()
            try await store.delete("m1", at: 3)
            await store.announceDurable()
            let damaged = disk.afterKill()
            let text = String(decoding: damaged.content("/data/db.json") ?? [], as: UTF8.self)
            damaged.setContent(
                "/data/db.json",
                Array(text.replacing("\"id\":\"m1\"", with: "\"id\"?\"m1\"").utf8))
            _ = try StoreFolder("/data", disk: damaged).salvage(to: "/new") { _ in }
            let new = try await JSONStore.open(
                folder: "/new", disk: damaged, loop: loop, logger: .silent)
            #expect(try await new.history("ana", "budi").map(\.deletedAt) == [3, nil])
            await new.close()
        }
    }

    @Test func `an edited file with tombstones and replies is signed as it stands`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            try await store.commit(
                .messageAdded(
                    .sample(
                        "m3", from: "ana", to: "budi", at: 3, content: Self.secret,
                        replyTo: "m1")))
            try await store.delete("m1", at: 4)
            try await store.fold()
            await store.close()
            let before = try #require(disk.content("/data/db.json"))
            let text = String(decoding: before, as: UTF8.self).replacing("\n", with: "\n ")
            disk.setContent("/data/db.json", Array(text.utf8))
            #expect(try StoreFolder("/data", disk: disk).accept().messages == 3)
            let again = try await JSONStore.open(disk, loop)
            let history = try await again.history("ana", "budi")
            #expect(history.map(\.deletedAt) == [4, nil, nil])
            #expect(history.map(\.replyTo?.text) == [nil, nil, "m1"])
            await again.close()
        }
    }

    @Test func `a removed conversation takes its tombstones along`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            try await store.delete("m1", at: 3)
            try await store.commit(.userRemoved(UserID("ana")))
            try await store.addUsers("citra")
            try await store.add("n1", from: "citra", to: "budi", at: 1)
            var range = MessageRange()
            range.deletedAfter = 0
            let talk = Conversation(UserID("citra"), UserID("budi"))
            #expect(try await store.messages(in: talk, range).isEmpty)
            try await store.delete("n1", at: 2)
            #expect(try await store.messages(in: talk, range).count == 1)
            await store.close()
        }
    }
}
