import Encoding
import EventLoop
import Glibc
import Testing

@testable import Storage

@Suite struct RestoreTests {
    /// A store with one message, a backup of it, and a second message since.
    private static func store(_ loop: EventLoop) async throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("ana", "budi")
        try await store.add("m1", from: "ana", to: "budi", at: 1)
        _ = try await store.backup(to: "/backup")
        try await store.add("m2", from: "ana", to: "budi", at: 2)
        return disk.afterKill()
    }

    private static func messages(_ disk: SimulatedDisk, _ loop: EventLoop) async throws -> [String]
    {
        let store = try await JSONStore.open(disk, loop)
        let found = try await store.history("ana", "budi").map(\.id.description)
        await store.close()
        return found
    }

    @Test func `a backup takes the place of what was there, which stays beside it`() throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let report = try StoreFolder("/data", disk: disk).restore("/backup")
            #expect(report.messages == 1 && report.replaced == "/data/replaced-1")
            #expect(try await Self.messages(disk, loop) == ["m1"])
            #expect(disk.content("/data/replaced-1/db.json") != nil)
            let again = try StoreFolder("/data", disk: disk).restore("/data/replaced-1")
            #expect(again.replaced == "/data/replaced-2")
            #expect(try await Self.messages(disk, loop) == ["m1", "m2"])
        }
    }

    @Test func `a damaged backup and a store in use are refused, and nothing changes`() throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            var damaged = try #require(disk.content("/backup/db.json"))
            damaged[40] ^= 1
            let copy = disk.afterKill()
            copy.setContent("/backup/db.json", damaged)
            let before = copy.files
            #expect(throws: BackupFault.self) {
                try StoreFolder("/data", disk: copy).restore("/backup")
            }
            #expect(copy.files == before)
            let store = try await JSONStore.open(disk, loop)
            #expect(throws: BackupFault.store(.locked)) {
                try StoreFolder("/data", disk: disk).restore("/backup")
            }
            await store.close()
        }
    }

    @Test func `after a power cut at any call it is done again, and never a new store is made`()
        throws
    {
        try onLoop { loop in
            var cut = 0
            while true {
                let disk = try await Self.store(loop)
                let first = disk.changeCount
                disk.disturb { [cut] in $0.number == first + cut ? .powerCut : nil }
                let isDone = (try? StoreFolder("/data", disk: disk).restore("/backup")) != nil
                disk.disturb(nil)
                let after = disk.afterKill()
                do {
                    let found = try await Self.messages(after.afterKill(), loop)
                    #expect(found == ["m1"] || found == ["m1", "m2"], "cut \(cut)")
                } catch StorageFault.restoring { #expect(!isDone) }
                _ = try StoreFolder("/data", disk: after).restore("/backup")
                #expect(try await Self.messages(after, loop) == ["m1"], "cut \(cut)")
                if isDone { break }
                cut += 1
            }
            #expect(cut > 15)
        }
    }
}
