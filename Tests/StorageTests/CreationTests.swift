import Encoding
import EventLoop
import Glibc
import Synchronization
import Testing

@testable import Storage

@Suite struct CreationTests {
    private static let earlier = """
        {
          "users": [{"id": "a", "username": "a", "password": "p", "contacts": ["b"]}],
          "messages": []
        }
        """

    @Test(arguments: [
        (earlier, true), (#"{"users":[],"messages":[]}"#, true),
        (#"{"chats":[],"users":[]}"#, true), (#"{"users":[{"messages":[]}]}"#, false),
        (#"{"users":[],"messages":[]"#, false), (#"{"users":[],"chats":[],"meta":{}}"#, false),
        (#"{"users":[],"messages":[]} x"#, false), ("", false), ("[]", false),
        (#"{"users":["},\"messages\":["]}"#, false), ("{\"users\": [\n", false),
    ])
    func `the earlier system's store is recognised`(text: String, isOne: Bool) throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            try disk.makeFolder("/data")
            disk.setContent("/data/db.json", Array(text.utf8))
            do {
                _ = try await JSONStore.open(disk, loop)
                Issue.record("it was opened")
            } catch StorageFault.takeover(let path) {
                #expect(isOne && path == "/data/db.json")
            } catch let fault as StorageFault { #expect(!isOne && fault.damagedFile != nil) }
            #expect(disk.content("/data/db.json") == Array(text.utf8))
        }
    }

    @Test func `the folder of a new store is synced in its parent`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let synced = Mutex<[String]>([])
            disk.disturb { operation in
                if operation.call == .syncFolder { synced.withLock { $0.append(operation.path) } }
                return nil
            }
            _ = try await JSONStore.open(disk, loop)
            #expect(synced.withLock { $0.suffix(2) } == ["/data", "/"])
            // A parent folder that cannot be opened does not prevent the creation.
            disk.disturb { $0.call == .syncFolder && $0.path == "/" ? .fail(EACCES) : nil }
            for file in disk.files { disk.remove(file) }
            #expect(await (try await JSONStore.open(disk.afterKill(), loop)).state == .open)
        }
    }

    @Test func `a store made at once opens and keeps the original`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            try disk.makeFolder("/data")
            disk.setContent("/data/db.json", Array(Self.earlier.utf8))
            var (ana, budi) = (User.named("ana"), User.named("budi"))
            ana.contacts = [budi.id]
            budi.contacts = [ana.id]
            let messages = (1...5).map {
                StoredMessage.sample("m\($0)", from: "ana", to: "budi", at: Int64($0))
            }
            // One that does not fit together changes nothing.
            await #expect(throws: StorageFault.self) {
                try await StoreFolder("/data", disk: disk).create(
                    users: [ana], messages: messages, keys: [:])
            }
            #expect(disk.content("/data/db.json") == Array(Self.earlier.utf8))
            try await StoreFolder("/data", disk: disk).create(
                users: [ana, budi], messages: messages, keys: [1: "f"])
            let kept = disk.content("/data/db.json.before-takeover")
            #expect(kept == Array(Self.earlier.utf8))
            let made = String(decoding: disk.content("/data/db.json") ?? [], as: UTF8.self)
            #expect(made.contains(#""newest":5,"#))
            let store = try await JSONStore.open(disk, loop)
            #expect(await store.user(ana.id) == ana)
            #expect(try await store.history("ana", "budi") == messages)
            #expect(await store.knownKeys == [1: "f"])
            await store.close()
            // A store of this system is never replaced.
            await #expect(throws: StorageFault.self) {
                try await StoreFolder("/data", disk: disk).create(
                    users: [], messages: [], keys: [:])
            }
        }
    }

    @Test func `the earlier store put back does not cost what is in the journal`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            try disk.makeFolder("/data")
            disk.setContent("/data/db.json", Array(Self.earlier.utf8))
            try await StoreFolder("/data", disk: disk).create(
                users: [.named("ana"), .named("budi")], messages: [], keys: [:])
            let store = try await JSONStore.open(disk, loop)
            try await store.add("m1", from: "ana", to: "budi", at: 1)
            let killed = disk.afterKill()
            let journal = killed.content("/data/journal-000001")
            for isThere in [true, false] {
                killed.setContent("/data/db.json", Array(Self.earlier.utf8))
                if !isThere { try killed.unlink("/data/db.json") }
                let fault = await #expect(throws: StorageFault.self) {
                    try await JSONStore.open(killed, loop)
                }
                switch fault {
                case .journalOfAnother("/data/db.json"):
                    #expect(isThere && fault?.description.contains("store accept") == false)
                case .damaged("/data/db.json", _, _): #expect(!isThere)
                default: Issue.record("not refused: \(String(describing: fault))")
                }
                #expect(killed.content("/data/journal-000001") == journal)
            }
        }
    }

    @Test func `a store edited by hand is accepted on request`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi")
            try await store.add(
                "m1", from: "ana", to: "budi", at: 1, content: "v1:A\(ForgedStore.rest)")
            try await store.fold()
            #expect(throws: StorageFault.locked) {
                try StoreFolder("/data", disk: disk).accept()
            }
            let stopped = disk.afterKill()
            let text = String(decoding: stopped.content("/data/db.json") ?? [], as: UTF8.self)
            let edited = text.replacing("\"username\":\"budi\"", with: " \"username\" : \"citra\" ")
            stopped.setContent("/data/db.json", Array(edited.utf8))
            await #expect(throws: StorageFault.self) { try await JSONStore.open(stopped, loop) }
            let report = try StoreFolder("/data", disk: stopped).accept()
            #expect(report.users == 2 && report.messages == 1)
            let opened = try await JSONStore.open(stopped, loop)
            #expect(await opened.user(UserID("budi"))?.username == "citra")
            #expect(try await opened.history("ana", "budi").count == 1)
            let wrong = disk.afterKill()
            wrong.setContent(
                "/data/db.json", Array(text.replacing("\"id\":\"budi\"", with: "").utf8))
            #expect(throws: StorageFault.self) {
                try StoreFolder("/data", disk: wrong).accept()
            }
        }
    }
}
