import Encoding
import EventLoop
import Testing

@testable import Storage

@Suite struct JSONStoreTests {
    @Test func whatIsCommittedIsThereAtOnceAndAfterARestart() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi")
            try await store.commit(.befriended(UserID("ana"), UserID("budi")))
            try await store.add("m1", from: "ana", to: "budi", at: 10)
            try await store.commit(.keySeen(version: 1, fingerprint: "f1"))
            for reopened in [store, try await JSONStore.open(disk.afterKill(), loop)] {
                let ana = await reopened.user(UserID("ana"))
                #expect(ana?.contacts == [UserID("budi")])
                #expect(await reopened.user(named: "ANA") == ana)
                #expect(try await reopened.history("budi", "ana").map(\.id.text) == ["m1"])
                #expect(try await reopened.message(MessageID("m1"))?.content == "v1:AAAA")
                #expect(await reopened.knownKeys == [1: "f1"])
                #expect(reopened.newestTimestamp == 10)
            }
        }
    }

    @Test func aDecisionSeesWhatStillWaitsForTheDiskAndAReaderDoesNot() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi")
            let gate = Gate()
            disk.disturb { operation in
                if operation.call == .sync { gate.wait() }
                return nil
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                let talk = Conversation(UserID("ana"), UserID("budi"))
                group.addTask(executorPreference: loop) {
                    try await store.add("m1", from: "ana", to: "budi", at: 10)
                }
                try await gate.arrival(loop)
                let decided = Tally()
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
                while decided.count < 3 { try await loop.sleep(for: .milliseconds(1)) }
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
                while decided.count < 4 { try await loop.sleep(for: .milliseconds(1)) }
                gate.open()
                try await group.waitForAll()
            }
        }
    }

    @Test func contactsComeLatestConversationFirst() throws {
        try onLoop { loop in
            let store = try await JSONStore.open(SimulatedDisk(), loop)
            try await store.addUsers("me", "zoe", "Adi", "citra", "budi")
            for friend in ["zoe", "citra", "Adi", "budi"] {
                try await store.commit(.befriended(UserID("me"), UserID(ByteText(friend))))
            }
            try await store.add("m1", from: "citra", to: "me", at: 1)
            try await store.add("m2", from: "me", to: "zoe", at: 2)
            try await store.add("m3", from: "citra", to: "me", at: 3)
            try await store.add("m4", from: "zoe", to: "me", at: 4)
            let contacts = await store.contacts(of: UserID("me")) ?? []
            #expect(contacts.map(\.username) == ["zoe", "citra", "Adi", "budi"])
            #expect(contacts.map(\.receivedCount) == [1, 2, 0, 0])
            #expect(contacts[0].lastMessage == .init(senderId: UserID("zoe"), timestamp: 4))
            #expect(await store.contacts(of: UserID("nobody")) == nil)
        }
    }

    @Test func revisionsChangeWithTheirAnswersOnly() throws {
        try onLoop { loop in
            let store = try await JSONStore.open(SimulatedDisk(), loop)
            try await store.addUsers("ana", "budi", "citra")
            let (ana, budi, citra) = (UserID("ana"), UserID("budi"), UserID("citra"))
            let talk = Conversation(ana, budi)
            /// Whose revision the change moves: the three users' and the conversation's.
            func moves(_ change: Change) async throws -> [Bool] {
                func revisions() -> [UInt64?] {
                    [
                        store.revision(of: ana), store.revision(of: budi),
                        store.revision(of: citra), store.revision(of: talk),
                    ]
                }
                let before = revisions()
                try await store.commit(change)
                return zip(before, revisions()).map { $0 != $1 }
            }
            #expect(try await moves(.befriended(ana, budi)) == [true, true, false, false])
            let message = StoredMessage.sample("m", from: "ana", to: "budi", at: 1)
            #expect(try await moves(.messageAdded(message)) == [true, true, false, true])
            #expect(
                try await moves(.messageReplaced(message.id, from: "v1:AAAA", to: "v2:B"))
                    == [false, false, false, false])
            var renamed = User.named("budi")
            renamed.epoch = 1
            #expect(try await moves(.userChanged(renamed)) == [false, false, false, false])
            renamed.username = "Budi2"
            #expect(try await moves(.userChanged(renamed)) == [true, false, false, false])
            #expect(try await moves(.userRemoved(budi)) == [true, true, false, true])
        }
    }

    @Test func historyIsCutByCursorAndLimit() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            for time in 1...20 {
                try await store.add(
                    "m\(time)", from: time.isMultiple(of: 2) ? "a" : "b",
                    to: time.isMultiple(of: 2) ? "b" : "a", at: Int64(time) * 10)
            }
            let talk = Conversation(UserID("a"), UserID("b"))
            let cases: [(Int64?, Int64?, Int, Bool, ClosedRange<Int>?)] = [
                (nil, nil, 500, true, 1...20), (nil, nil, 3, true, 18...20),
                (nil, nil, 3, false, 1...3), (50, nil, 3, false, 6...8),
                (55, nil, 100, true, 6...20), (nil, 50, 2, true, 3...4),
                (50, 100, 100, true, 6...9), (200, nil, 5, true, nil), (nil, 10, 5, true, nil),
                (100, 50, 5, true, nil), (.min, .max, 500, false, 1...20),
                (.max, .min, 5, true, nil), (nil, nil, 0, true, nil),
            ]
            for isCold in [false, true] {
                disk.setCold(isCold)
                for (after, before, limit, newest, expected) in cases {
                    let found = try await store.messages(
                        in: talk,
                        MessageRange(
                            after: after, before: before, limit: limit, keepsNewest: newest))
                    let numbers = found.messages.map { Int($0.timestamp) / 10 }
                    #expect(numbers == expected.map(Array.init) ?? [])
                }
            }
            #expect(try await store.history("a", "nobody").isEmpty)
        }
    }

    @Test func aPageHoldsAsManyBytesAsItMayAndOneMessageAtLeast() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            let lengths = [100, 100, 100, 5_000, 100, 100]
            for (time, length) in lengths.enumerated() {
                try await store.add(
                    "m\(time)", from: "a", to: "b", at: Int64(time + 1),
                    content: String(repeating: "x", count: length))
            }
            let talk = Conversation(UserID("a"), UserID("b"))
            // (asked for, newest, bytes) to (what comes, whether there is more of it)
            let cases: [(Int, Bool, Int, ClosedRange<Int64>, Bool)] = [
                (500, false, 1_000, 1...3, true), (2, false, 1_000, 1...2, false),
                (3, true, 1_000, 4...4, true), (2, true, 1_000, 5...6, false),
                (500, false, 1, 1...1, true), (500, false, .max, 1...6, false),
                (5, true, 5_700, 2...5, true),
            ]
            for isCold in [false, true] {
                disk.setCold(isCold)
                for (limit, newest, bytes, expected, isCut) in cases {
                    let found = try await store.messages(
                        in: talk,
                        MessageRange(limit: limit, keepsNewest: newest, bytesMax: bytes))
                    #expect(found.messages.map(\.timestamp) == Array(expected))
                    #expect(found.isCut == isCut)
                }
            }
        }
    }

    @Test func changesThatDoNotFitAreRefused() throws {
        try onLoop { loop in
            let store = try await JSONStore.open(SimulatedDisk(), loop)
            try await store.addUsers("ana", "budi")
            try await store.add("m1", from: "ana", to: "budi", at: 10)
            let wrong: [Change] = [
                .userAdded(.named("ana")), .userChanged(.named("nobody")),
                .userRemoved(UserID("nobody")), .befriended(UserID("ana"), UserID("ana")),
                .befriended(UserID("ana"), UserID("nobody")),
                .messageAdded(.sample("m2", from: "ana", to: "nobody", at: 11)),
                .messageAdded(.sample("m1", from: "ana", to: "budi", at: 11)),
                .messageAdded(.sample("m2", from: "budi", to: "ana", at: 10)),
            ]
            for change in wrong {
                await #expect(throws: StorageFault.self) { try await store.commit(change) }
            }
            #expect(await store.state == .open)
            try await store.add("m2", from: "budi", to: "ana", at: 11)
        }
    }

    @Test func aMessageIsReplacedOnlyWhileItIsWhatWasRead() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            try await store.add("m", from: "a", to: "b", at: 1, content: "v1:A")
            let id = MessageID("m")
            try await store.commit(.messageReplaced(id, from: "v1:A", to: "v2:B"))
            await #expect(throws: StorageFault.stale) {
                try await store.commit(.messageReplaced(id, from: "v1:A", to: "v3:C"))
            }
            // Two at once: the second finds what the first has made.
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for content in ["v3:C", "v3:D"] {
                    group.addTask(executorPreference: loop) {
                        (try? await store.commit(
                            .messageReplaced(id, from: "v2:B", to: ByteText(content))))
                            != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(outcomes == 1)
            let content = try await store.message(id)?.content
            let reopened = try await JSONStore.open(disk.afterKill(), loop)
            #expect(try await reopened.message(id)?.content == content)
            try await reopened.commit(.userRemoved(UserID("b")))
            #expect(try await reopened.message(id) == nil)
            await #expect(throws: StorageFault.stale) {
                try await reopened.commit(.messageReplaced(id, from: content ?? "", to: "v9:X"))
            }
        }
    }

    @Test func aRemovedUserTakesItsMessagesAlong() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b", "c")
            for friend in ["b", "c"] {
                try await store.commit(.befriended(UserID("a"), UserID(ByteText(friend))))
            }
            try await store.add("ab", from: "a", to: "b", at: 1)
            try await store.add("ca", from: "c", to: "a", at: 2)
            try await store.add("bc", from: "b", to: "c", at: 3)
            try await store.commit(.userRemoved(UserID("a")))
            try await store.fold()
            let text = String(decoding: disk.content("/data/db.json") ?? [], as: UTF8.self)
            #expect(!text.contains("\"ab\"") && !text.contains("\"ca\""))
            for store in [store, try await JSONStore.open(disk.afterKill(), loop)] {
                #expect(await store.user(UserID("a")) == nil)
                #expect(await store.user(UserID("b"))?.contacts == [])
                #expect(try await store.message(MessageID("ab")) == nil)
                #expect(await store.messageCount == 1)
                // The name, the id and the messages' ids are free again.
                try await store.addUsers("a")
                try await store.add("ab", from: "a", to: "b", at: 1)
                #expect(try await store.history("a", "b").map(\.id.text) == ["ab"])
            }
        }
    }
}
