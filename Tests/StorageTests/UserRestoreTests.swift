import Encoding
import EventLoop
import Testing

@testable import Storage

@Suite struct UserRestoreTests {
    /// Three friends, a backup of them, and since then: a deletion, a new message, and an account
    /// that was removed.
    private static func store(_ loop: EventLoop) async throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("ana", "budi", "citra")
        for (one, other) in [("ana", "budi"), ("citra", "ana"), ("budi", "citra")] {
            try await store.commit(
                .befriended(UserID(ByteText(one)), UserID(ByteText(other)), at: 7))
        }
        try await store.add("m1", from: "ana", to: "budi", at: 1)
        try await store.add("m2", from: "ana", to: "budi", at: 2)
        try await store.add("m3", from: "citra", to: "ana", at: 3)
        try await store.commit(.keySeen(version: 1, fingerprint: "f"))
        _ = try await store.backup(to: "/backup")
        let first = try #require(try await store.message(MessageID("m1")))
        try await store.commit(.messageDeleted(first.tombstone(at: 4)))
        try await store.commit(.userRemoved(UserID("citra")))
        try await store.add("m5", from: "budi", to: "ana", at: 5)
        return disk.afterKill()
    }

    private struct Found: Equatable {
        var withBudi: [String] = []
        var withCitra: [String] = []
        var contacts: [String] = []
    }

    private static let merged = Found(
        withBudi: ["m1", "m2", "m5"], withCitra: ["m3"], contacts: ["budi", "citra"])
    private static let before = Found(
        withBudi: ["m1", "m2", "m5"], withCitra: [], contacts: ["budi"])

    private static func found(_ disk: SimulatedDisk, _ loop: EventLoop) async throws -> Found {
        let store = try await JSONStore.open(disk, loop)
        var found = Found()
        found.withBudi = try await store.history("ana", "budi").map(\.id.description)
        found.withCitra = try await store.history("ana", "citra").map(\.id.description)
        found.contacts = await store.user(UserID("ana"))?.contacts.map(\.description).sorted() ?? []
        await store.close()
        return found
    }

    @Test func `a removed account comes back with its messages, and what came since stays`() throws
    {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let report = try StoreFolder("/data", disk: disk)
                .restore(user: "citra", from: "/backup")
            #expect(report.messages == 1 && report.isUserNew)
            #expect(report.replaced == "/data/replaced-1")
            #expect(!disk.files.contains { $0.hasPrefix("/data/merged.tmp") })
            _ = try StoreFolder("/data", disk: disk).verify()
            #expect(try await Self.found(disk, loop) == Self.merged)
            let store = try await JSONStore.open(disk, loop)
            let first = try await store.message(MessageID("m1"))
            #expect(first?.isDeleted == true, "a deleted message stays deleted")
            #expect(await store.knownKeys == [1: "f"])
            await store.close()
        }
    }

    @Test func `somebody who lacks nothing changes nothing, and an unknown name is refused`() throws
    {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let files = disk.files
            let folder = StoreFolder("/data", disk: disk)
            let report = try folder.restore(user: "budi", from: "/backup")
            #expect(report.messages == 0 && report.replaced == nil)
            for name in ["dewi", "CITRA"] as [ByteText] {
                #expect(throws: BackupFault.self) {
                    try folder.restore(user: name, from: "/backup")
                }
            }
            #expect(disk.files == files)
        }
    }

    @Test func `after a power cut at any call it is one store or the other, and done again`() throws
    {
        try onLoop { loop in
            var cut = 0
            while true {
                let disk = try await Self.store(loop)
                let first = disk.changeCount
                disk.disturb { [cut] in $0.number == first + cut ? .powerCut : nil }
                let isDone =
                    (try? StoreFolder("/data", disk: disk)
                        .restore(user: "citra", from: "/backup")) != nil
                disk.disturb(nil)
                let after = disk.afterKill()
                do {
                    let found = try await Self.found(after.afterKill(), loop)
                    #expect(found == Self.before || found == Self.merged, "cut \(cut)")
                } catch StorageFault.restoring { #expect(!isDone) }
                _ = try StoreFolder("/data", disk: after).restore(user: "citra", from: "/backup")
                #expect(try await Self.found(after, loop) == Self.merged, "cut \(cut)")
                if isDone { break }
                cut += 1
            }
            #expect(cut > 15)
        }
    }
}
