import Encoding
import EventLoop
import Testing

@testable import Storage

@Suite struct VerificationTests {
    /// Two users, a message in `db.json`, and changes in a journal of two groups.
    private static func store(_ loop: EventLoop) async throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("ana", "budi")
        try await store.commit(.befriended(UserID("ana"), UserID("budi")))
        try await store.add("m1", from: "ana", to: "budi", at: 1)
        try await store.fold()
        try await store.add("m2", from: "budi", to: "ana", at: 2)
        try await store.addUsers("citra")
        return disk.afterKill()
    }

    @Test func `a sound store is counted and nothing of it changes`() throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            disk.remove("/data/lock")
            let before = disk.changeCount
            let report = try StoreFolder("/data", disk: disk).verify()
            #expect(report.users == 3 && report.messages == 2 && report.changes == 2)
            #expect(report.segments == 1 && report.tornTail == nil && report.leftovers == [])
            #expect(disk.changeCount == before, "it wrote")
            #expect(disk.content("/data/lock") == nil)
        }
    }

    @Test(arguments: ["/data/db.json", "/data/journal-000002"])
    func `every flipped bit is found`(path: String) throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let sound = try #require(disk.content(path))
            #expect(sound.count > 200)
            for index in sound.indices {
                for bit in 0..<8 {
                    var damaged = sound
                    damaged[index] ^= 1 << bit
                    disk.setContent(path, damaged)
                    #expect(throws: StorageFault.self, "byte \(index), bit \(bit)") {
                        let report = try StoreFolder("/data", disk: disk).verify()
                        // In the last group, which nothing says was durable.
                        if let tail = report.tornTail {
                            #expect(tail.file == path && tail.offset <= index)
                            throw StorageFault.stale
                        }
                    }
                }
            }
        }
    }

    @Test func `every length but the right one is found`() throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let sound = try #require(disk.content("/data/db.json"))
            for length in sound.indices {
                disk.setContent("/data/db.json", Array(sound[..<length]))
                #expect(throws: StorageFault.self) {
                    try StoreFolder("/data", disk: disk).verify()
                }
            }
        }
    }

    @Test func `a contact that is not returned is found with its place and not accepted`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            try disk.makeFolder("/data")
            var ana = User.named("ana")
            ana.contacts = [UserID("budi")]
            try await StoreFolder("/data", disk: disk).create(
                users: [User.named("budi"), ana], messages: [], keys: [:])
            let text = String(decoding: disk.content("/data/db.json") ?? [], as: UTF8.self)
            let place = text.utf8.distance(
                from: text.startIndex,
                to: try #require(text.firstRange(of: "{\"id\":\"ana\"")).lowerBound)
            do {
                _ = try StoreFolder("/data", disk: disk).verify()
                Issue.record("it was passed")
            } catch StorageFault.damaged(let file, let offset, _) {
                #expect(file == "/data/db.json" && offset == Int64(place))
            } catch { Issue.record(error) }
            #expect(throws: StorageFault.self) {
                try StoreFolder("/data", disk: disk).accept()
            }
        }
    }

    @Test func `what is missing, in use or the earlier system's is told apart`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            #expect(throws: StorageFault.absent) {
                try StoreFolder("/data", disk: disk).verify()
            }
            #expect(throws: StorageFault.absent) {
                try StoreFolder("/data", disk: disk).accept()
            }
            let store = try await JSONStore.open(disk, loop)
            #expect(throws: StorageFault.locked) {
                try StoreFolder("/data", disk: disk).verify()
            }
            await store.close()
            _ = try StoreFolder("/data", disk: disk).verify()
            disk.setContent("/data/db.json", Array(#"{"users":[],"messages":[]}"#.utf8))
            #expect(throws: StorageFault.takeover(path: "/data/db.json")) {
                try StoreFolder("/data", disk: disk).verify()
            }
            #expect(throws: StorageFault.takeover(path: "/data/db.json")) {
                try StoreFolder("/data", disk: disk).accept()
            }
        }
    }

    @Test func `an edited file is not accepted under changes that nobody can hold against it`()
        throws
    {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            let before = disk.content("/data/db.json")
            do {
                _ = try StoreFolder("/data", disk: disk).accept()
                Issue.record("it was accepted")
            } catch StorageFault.refused(let why) {
                #expect(why.contains("ChatCore store fold"))
            } catch { Issue.record(error) }
            #expect(disk.content("/data/db.json") == before)
        }
    }
}
