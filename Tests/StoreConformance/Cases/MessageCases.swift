import Encoding
import Storage

/// A message by its id: it is there once, and holds what was put into it last.
enum MessageCases {
    static let all = [
        StoreCase("an id is used once, by whomever", usesIDsOnce),
        StoreCase("a UUID names the same message in either case", foldsUUIDs),
        StoreCase("a message is replaced only while it is what was read", replacesWhatWasRead),
        StoreCase("a replaced message moves nothing else", movesNothing),
        StoreCase("the newest timestamp is that of any message ever met", remembersNewest),
        StoreCase("timestamps of a conversation are its own", keepsTimestampsApart),
    ]

    @Sendable private static func usesIDsOnce(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add(.citra)
        try await store.add("m", from: .ana, to: .budi, at: 1)
        let again = [
            StoredMessage("m", from: .ana, to: .budi, at: 2),
            StoredMessage("m", from: .citra, to: .ana, at: 2),
        ]
        for message in again {
            try await expectFault("a used id", where: \.isRefusal) {
                try await store.commit(.messageAdded(message))
            }
        }
        // The id of an attempt that was refused is free.
        try await expectFault("a late message", where: \.isRefusal) {
            try await store.add("n", from: .ana, to: .budi, at: 1)
        }
        try await store.commit(reading: [.messageID(MessageID("n"))]) { facts in
            try expect(!facts.isUsed(MessageID("n")), "a refused message has its id")
            return (.messageAdded(StoredMessage("n", from: .ana, to: .budi, at: 2)), ())
        }
        let history = try await store.history(.ana, .budi)
        try expect("the history", history.map(\.id.text), is: ["m", "n"])
    }

    @Sendable private static func foldsUUIDs(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        let lower: ByteText = "8451e1a1-2871-4b5f-a70c-eae4c509075d"
        let upper: ByteText = "8451E1A1-2871-4B5F-A70C-EAE4C509075D"
        try await store.addFriends()
        try await store.add(upper, from: .ana, to: .budi, at: 1)
        try expect("by id", try await store.message(MessageID(lower))?.id.text, is: upper)
        try await store.commit(reading: [.messageID(MessageID(lower))]) { facts in
            try expect(facts.isUsed(MessageID(upper)), "the id is free")
            return (nil, ())
        }
        try await expectFault("the other spelling", where: \.isRefusal) {
            try await store.add(lower, from: .ana, to: .budi, at: 2)
        }
        // Any other text is itself alone.
        try await store.add("m", from: .ana, to: .budi, at: 3)
        try await store.add("M", from: .ana, to: .budi, at: 4)
        try expect("messages", try await store.messageCount, is: 3)
    }

    @Sendable private static func replacesWhatWasRead(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add("m", from: .ana, to: .budi, at: 1, content: "v1:A")
        let id = MessageID("m")
        try await store.commit(.messageReplaced(id, from: "v1:A", to: "v2:B"))
        try expect("the content", try await store.message(id)?.content, is: "v2:B")
        let wrong: [(MessageID, from: ByteText)] = [
            (id, "v1:A"), (id, ""), (MessageID("n"), "v2:B"),
        ]
        for (id, content) in wrong {
            try await expectFault("\(id) from \(content)", where: { $0 == .stale }) {
                try await store.commit(.messageReplaced(id, from: content, to: "v3:C"))
            }
        }
        let outcomes = await atOnce(20) { number in
            do {
                try await store.commit(.messageReplaced(id, from: "v2:B", to: "v3:\(number)"))
                return true
            } catch StorageFault.stale { return false }
        }
        try expect("replacements", try outcomes.winners(), is: 1)
        let content = try await store.message(id)?.content
        let next = try await fixture.restart()
        try expect("the content", try await next.message(id)?.content, is: content)
        try expect(
            "the history", try await next.history(.ana, .budi).map(\.content),
            is: [
                try require(content, "the message is gone")
            ])
    }

    @Sendable private static func movesNothing(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add(.citra)
        try await store.commit(.befriended(.ana, .citra))
        try await store.add("m1", from: .ana, to: .budi, at: 1)
        try await store.add("m2", from: .citra, to: .ana, at: 2)
        var before = try await Everything(of: store)
        let revisions = try await Revisions(of: store)
        let id = MessageID("m1")
        try await store.commit(.messageReplaced(id, from: "v1:AAAA", to: "v2:A longer one"))
        before.messages[id]?.reseal("v2:A longer one")
        before.histories[Conversation(.ana, .budi)]?[0].reseal("v2:A longer one")
        try expect("everything else", try await Everything(of: store), is: before)
        try expect("the revisions", try await Revisions(of: store), is: revisions)
        let next = try await fixture.restart()
        try expect("after a restart", try await Everything(of: next), is: before)
    }

    @Sendable private static func remembersNewest(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        try await store.add(.citra)
        func newest() async throws -> [Int64] {
            let shown = try await store.commit(reading: [.newestTimestamp]) { facts in
                (nil, facts.newestTimestamp)
            }
            return [shown, try await store.currentPollFacts(of: .budi).newestTimestamp]
        }
        try expect("without messages", try await newest(), is: [0, 0])
        try await store.add("m1", from: .ana, to: .budi, at: 50)
        try await store.add("m2", from: .ana, to: .citra, at: 10)
        try expect("the newest", try await newest(), is: [50, 50])
        try await store.commit(.userRemoved(.ana))
        try expect("once it is gone", try await newest(), is: [50, 50])
        store = try await fixture.restart()
        try expect("after a restart", try await newest(), is: [50, 50])
    }

    @Sendable private static func keepsTimestampsApart(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add(.citra)
        try await store.add("m1", from: .ana, to: .budi, at: 50)
        try await store.add("m2", from: .ana, to: .citra, at: 10)
        try await store.add("m3", from: .ana, to: .ana, at: 5)
        let talks = [Conversation(.ana, .budi), Conversation(.citra, .ana), .init(.ana, .ana)]
        try await store.commit(reading: talks.map { .lastTimestamp($0) }) { facts in
            try expect("timestamps", talks.map { facts.lastTimestamp(in: $0) }, is: [50, 10, 5])
            return (nil, ())
        }
        try expect("oneself", try await store.history(.ana, .ana).map(\.timestamp), is: [5])
    }
}
