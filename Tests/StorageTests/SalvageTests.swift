import Encoding
import EventLoop
import Testing
import TestSupport

@testable import Storage

/// Flips each bit of each file of a store, and cuts and removes each file. Salvage then writes a
/// sound store with all undamaged records, and names those it left out.
@Suite struct SalvageTests {
    private static let snapshot = "/data/db.json"
    private static let journal = "/data/journal-000002"

    /// Two friends with messages in `db.json`, one of them rewrapped, and more in the journal.
    private static func store(_ loop: EventLoop) async throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("ana", "budi", "citra")
        try await store.commit(.befriended(UserID("ana"), UserID("budi")))
        for time in 1...3 {
            try await store.add("m\(time)", from: "ana", to: "budi", at: Int64(time))
        }
        try await store.commit(.keySeen(version: 1, fingerprint: "f"))
        try await store.fold()
        try await store.add("m4", from: "budi", to: "ana", at: 4)
        try await store.commit(.befriended(UserID("ana"), UserID("citra")))
        try await store.add("m5", from: "citra", to: "ana", at: 5)
        await store.announceDurable()
        return disk.afterKill()
    }

    private struct Salvaged {
        var notes: [SalvageNote] = []
        var messages: Set<String> = []
        var users: [String] = []
        var friends: Set<String> = []

        var leftOut: [SalvageNote] { notes.filter { $0.kind == .leftOut } }
    }

    private static func salvage(
        _ disk: SimulatedDisk, _ loop: EventLoop
    ) async throws -> Salvaged {
        var salvaged = Salvaged()
        let before = Dictionary(
            uniqueKeysWithValues: disk.files.map { ($0, disk.content($0)) })
        let report = try StoreFolder("/data", disk: disk).salvage(to: "/new") {
            salvaged.notes.append($0)
        }
        for (file, content) in before { #expect(disk.content(file) == content, "\(file) changed") }
        #expect(disk.files.filter { $0.hasPrefix("/data/") }.count == before.count)
        #expect(report.leftOut == salvaged.leftOut.count)
        _ = try StoreFolder("/new", disk: disk).verify()
        let store = try await JSONStore.open(
            folder: "/new", disk: disk, loop: loop, logger: .silent)
        let (messages, _) = try await store.scan(after: nil, limit: 500)
        salvaged.messages = Set(messages.map(\.id.description))
        for user in await store.users() {
            salvaged.users.append(user.username.string)
            for contact in user.contacts { salvaged.friends.insert("\(user.id)-\(contact)") }
        }
        #expect(report.messages == messages.count && report.users == salvaged.users.count)
        await store.close()
        return salvaged
    }

    @Test func `a sound store is copied whole`() throws {
        try onLoop { loop in
            let salvaged = try await Self.salvage(try await Self.store(loop), loop)
            #expect(salvaged.notes == [])
            #expect(salvaged.messages == ["m1", "m2", "m3", "m4", "m5"])
            #expect(salvaged.friends == ["ana-budi", "budi-ana", "ana-citra", "citra-ana"])
        }
    }

    @Test(arguments: [snapshot, journal])
    func `a flipped bit costs at most the record it stands in`(path: String) throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let sound = try #require(disk.content(path))
            for index in stride(from: 0, to: sound.count, by: 5) {
                var damaged = sound
                damaged[index] ^= 1 << UInt8(index % 8)
                let copy = disk.afterKill()
                copy.setContent(path, damaged)
                let salvaged = try await Self.salvage(copy, loop)
                #expect(!salvaged.notes.isEmpty, "byte \(index) was passed over")
                let lost = Set(["m1", "m2", "m3", "m4", "m5"]).subtracting(salvaged.messages)
                #expect(lost.count <= 1, "byte \(index) cost \(lost)")
                for id in lost {
                    #expect(
                        salvaged.leftOut.contains { $0.file == path && $0.text.contains(id) }
                            || salvaged.leftOut.contains { $0.file == path && $0.offset != nil },
                        "byte \(index): \(id) went without a word")
                }
                // No person is lost, nor the friendships of the others.
                #expect(salvaged.users.count == 3, "byte \(index): \(salvaged.users)")
                #expect(path == Self.journal || salvaged.friends.contains("ana-citra"))
            }
        }
    }

    @Test func `a damaged message is named with its file, place and id`() throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let sound = try #require(disk.content(Self.snapshot))
            let text = String(decoding: sound, as: UTF8.self)
            let line = try #require(text.firstRange(of: "{\"id\":\"m3\""))
            let place = text.utf8.distance(from: text.startIndex, to: line.lowerBound)
            let content = try #require(text[line.lowerBound...].firstRange(of: "v1:AAAA"))
            let byte = text.utf8.distance(from: text.startIndex, to: content.lowerBound) + 4
            var damaged = sound
            damaged[byte] = UInt8(ascii: "Q")
            disk.setContent(Self.snapshot, damaged)
            let salvaged = try await Self.salvage(disk, loop)
            #expect(
                salvaged.notes.map(\.description) == [
                    "left out: /data/db.json byte \(place): message m3: its byte \(byte) is not as "
                        + "it was written"
                ])
            #expect(salvaged.messages == ["m1", "m2", "m4", "m5"])
        }
    }

    @Test func `a damaged account is put right, and its sessions' epoch with it`() throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let sound = try #require(disk.content(Self.snapshot))
            let text = String(decoding: sound, as: UTF8.self)
            let name = try #require(text.firstRange(of: "\"username\":\"budi\""))
            var damaged = sound
            damaged[text.utf8.distance(from: text.startIndex, to: name.upperBound) - 2] ^= 2
            disk.setContent(Self.snapshot, damaged)
            let salvaged = try await Self.salvage(disk, loop)
            #expect(salvaged.users == ["ana", "budi", "citra"] && salvaged.leftOut.isEmpty)
        }
    }

    @Test(arguments: [snapshot, journal])
    func `a file cut at any byte loses only what stood behind`(path: String) throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let sound = try #require(disk.content(path))
            var most = 0
            for length in Array(stride(from: 0, to: sound.count, by: 11)) + [sound.count] {
                let copy = disk.afterKill()
                copy.setContent(path, Array(sound[..<length]))
                let salvaged = try await Self.salvage(copy, loop)
                #expect(salvaged.messages.count >= most, "cut at \(length)")
                most = max(most, salvaged.messages.count)
                if path == Self.snapshot, length < sound.count {
                    #expect(!salvaged.notes.isEmpty && salvaged.messages.isSuperset(of: ["m4"]))
                }
            }
            #expect(most == 5)
        }
    }

    @Test(arguments: [snapshot, journal])
    func `a missing file is told and the other one is saved`(path: String) throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            disk.remove(path)
            let salvaged = try await Self.salvage(disk, loop)
            #expect(salvaged.leftOut.contains { $0.file == path && $0.text.contains("missing") })
            #expect(
                salvaged.messages == (path == Self.snapshot ? ["m4", "m5"] : ["m1", "m2", "m3"]))
            #expect(salvaged.users.count == 3)
        }
    }

    @Test func `a wrong checksum and more than one wrong byte are told apart`() throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let sound = try #require(disk.content(Self.snapshot))
            var checksum = sound
            checksum[sound.count - 6] ^= 1
            let copy = disk.afterKill()
            copy.setContent(Self.snapshot, checksum)
            var salvaged = try await Self.salvage(copy, loop)
            #expect(salvaged.messages.count == 5 && salvaged.leftOut.isEmpty)
            let text = String(decoding: sound, as: UTF8.self)
                .replacing("v1:AAAA", with: "v1:BBBB", maxReplacements: 2)
            disk.setContent(Self.snapshot, Array(text.utf8))
            salvaged = try await Self.salvage(disk, loop)
            #expect(salvaged.messages.count == 5 && salvaged.leftOut.isEmpty)
            #expect(salvaged.notes.contains { $0.text.contains("Gagal Decrypt") })
        }
    }

    @Test func `another layout, with a journal beside it, is brought together`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            let sealed = "v1:A\(ForgedStore.rest)"
            try await store.addUsers("ana", "budi", "citra")
            try await store.add("m1", from: "ana", to: "budi", at: 1, content: sealed)
            try await store.add("m2", from: "ana", to: "budi", at: 2, content: sealed)
            try await store.fold()
            try await store.add("m3", from: "budi", to: "ana", at: 3, content: sealed)
            let text = String(
                decoding: try #require(disk.content(Self.snapshot)), as: UTF8.self)
            for (old, new) in [
                ("\":", "\" :\n "), ("\"username\":\"budi\"", "\"username\": \"bude\""),
            ] {
                let edited = disk.afterKill()
                edited.setContent(Self.snapshot, Array((" " + text.replacing(old, with: new)).utf8))
                let salvaged = try await Self.salvage(edited, loop)
                #expect(salvaged.leftOut.isEmpty, "\(salvaged.notes)")
                #expect(salvaged.messages == ["m1", "m2", "m3"])
            }
            let readable = disk.afterKill()
            readable.setContent(
                Self.snapshot,
                Array(
                    text.replacing("\":", with: "\": ").replacing(
                        sealed, with: "rahasia", maxReplacements: 1
                    ).utf8))
            let salvaged = try await Self.salvage(readable, loop)
            #expect(salvaged.messages == ["m2", "m3"])
            #expect(
                salvaged.leftOut.map(\.text) == [
                    "chat 1 (m1): not what the store could have written"
                ])
        }
    }

    @Test func `a folder in use, or one that is not empty, is refused`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            #expect(throws: BackupFault.store(.locked)) {
                try StoreFolder("/data", disk: disk).salvage(to: "/new") { _ in }
            }
            await store.close()
            #expect(throws: BackupFault.self) {
                try StoreFolder("/data", disk: disk).salvage(to: "/data") { _ in }
            }
            #expect(throws: BackupFault.store(.absent)) {
                try StoreFolder("/none", disk: disk).salvage(to: "/new") { _ in }
            }
        }
    }
}
