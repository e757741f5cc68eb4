import Encoding
import EventLoop
import Testing
import TestSupport

@testable import Storage

@Suite struct JSONStoreTests {
    @Test func `a decision sees pending changes, and a reader does not`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi")
            let gate = DiskGate.holding(.sync, of: disk)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let talk = Conversation(UserID("ana"), UserID("budi"))
                group.addTask(executorPreference: loop) {
                    try await store.add("m1", from: "ana", to: "budi", at: 10)
                }
                try await gate.arrival(loop)
                let decided = Shared(0)
                let changes: [Change] = [
                    .befriended(UserID("ana"), UserID("budi")), .userAdded(.named("citra")),
                    .messageAdded(.sample("m2", from: "budi", to: "ana", at: 11)),
                ]
                for change in changes {
                    group.addTask(executorPreference: loop) {
                        try await store.commit(reading: []) { _ in
                            decided.add()
                            return (change, ())
                        }
                    }
                }
                try await loop.eventually { decided.value == 3 }
                #expect(store.newestTimestamp == 0)
                #expect(await store.user(UserID("ana"))?.contacts == [])
                #expect(await store.user(named: "citra") == nil)
                #expect(await store.knownID(UserID("ana")) == UserID("ana"))
                #expect(await store.knownID(UserID("citra")) == nil)
                #expect(await !store.areFriends(UserID("ana"), UserID("budi")))
                group.addTask(executorPreference: loop) {
                    let needs: [Fact] = [
                        .messageID(MessageID("m1")), .messageID(MessageID("m2")),
                        .contact(of: UserID("budi"), UserID("ana")), .userID(UserID("citra")),
                        .userID(UserID("eka")), .lastTimestamp(talk), .newestTimestamp,
                        .name("CITRA"),
                    ]
                    try await store.commit(reading: needs) { facts in
                        #expect(facts.isUsed(MessageID("m1")) && facts.isUsed(MessageID("m2")))
                        #expect(facts.areFriends(UserID("budi"), UserID("ana")))
                        #expect(facts.hasUser(UserID("citra")) && !facts.hasUser(UserID("eka")))
                        #expect(facts.lastTimestamp(in: talk) == 11)
                        #expect(facts.newestTimestamp == 11)
                        #expect(facts.user(named: "CITRA") != nil)
                        decided.add()
                        return (nil, ())
                    }
                    // Judged against what waited, so answered only once that is durable.
                    #expect(await store.user(UserID("citra")) != nil)
                    #expect(await store.knownID(UserID("citra")) != nil)
                    #expect(await store.areFriends(UserID("ana"), UserID("budi")))
                    #expect(try await store.message(MessageID("m2")) != nil)
                }
                try await loop.eventually { decided.value == 4 }
                gate.open()
                try await group.waitForAll()
            }
        }
    }

    @Test func `a fold leaves out the messages of a removed user`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b", "c")
            try await store.add("ab", from: "a", to: "b", at: 1)
            try await store.add("ca", from: "c", to: "a", at: 2)
            try await store.add("bc", from: "b", to: "c", at: 3)
            try await store.commit(.userRemoved(UserID("a")))
            try await store.fold()
            let text = String(decoding: disk.content("/data/db.json") ?? [], as: UTF8.self)
            #expect(!text.contains("\"ab\"") && !text.contains("\"ca\""))
            for store in [store, try await JSONStore.open(disk.afterKill(), loop)] {
                #expect(await store.messageCount == 1)
                try await store.addUsers("a")
                try await store.add("ab", from: "a", to: "b", at: 1)
                #expect(try await store.history("a", "b").map(\.id.text) == ["ab"])
            }
        }
    }
}
