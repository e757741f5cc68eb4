import Encoding
import Storage

/// Messages that are deleted, and replies.
enum DeletionCases {
    static let all = [
        StoreCase("a deleted message leaves its id, people and timestamp", leavesTombstones),
        StoreCase("a message is deleted only while it is what was read", deletesWhatWasRead),
        StoreCase("a tombstone is replaced by nothing", staysTombstone),
        StoreCase("deletions and messages of a conversation share one clock", sharesClock),
        StoreCase("tombstones are read in the order of their deletion", readsTombstones),
        StoreCase("of a deletion and twenty rewraps at once the deletion stays", winsOverRewraps),
        StoreCase("a reply names its message, also once that is deleted", keepsReplies),
    ]

    private static let talk = Conversation(.ana, .budi)

    @Sendable private static func leavesTombstones(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        try await store.add("m1", from: .ana, to: .budi, at: 1)
        try await store.add("m2", from: .budi, to: .ana, at: 2)
        let before = try await store.contacts(of: .budi)
        try await store.delete("m1", at: 5)
        let expected = [
            StoredMessage("m1", from: .ana, to: .budi, at: 1).tombstone(at: 5),
            StoredMessage("m2", from: .budi, to: .ana, at: 2),
        ]
        for round in ["at once", "after a restart"] {
            let found = try await Everything(of: store)
            try expect("the history \(round)", found.histories[talk], is: expected)
            try expect("by id \(round)", found.messages[MessageID("m1")], is: expected[0])
            try expect("the count \(round)", found.messageCount, is: 2)
            try expect("the newest \(round)", found.newestTimestamp, is: 5)
            // A tombstone counts as received.
            let counts = found.contacts[.budi]?.map(\.receivedCount)
            try expect("counts \(round)", counts, is: before?.map(\.receivedCount))
            store = try await fixture.restart()
        }
        try await store.commit(.userRemoved(.ana))
        try expect("messages", try await store.messageCount, is: 0)
    }

    @Sendable private static func deletesWhatWasRead(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        let message = StoredMessage("m", from: .ana, to: .budi, at: 1)
        try await store.commit(.messageAdded(message))
        let wrong: [(String, StoredMessage)] = [
            ("no tombstone", message),
            ("another id", StoredMessage("n", from: .ana, to: .budi, at: 1).tombstone(at: 9)),
            ("other people", StoredMessage("m", from: .budi, to: .ana, at: 1).tombstone(at: 9)),
            ("another time", StoredMessage("m", from: .ana, to: .budi, at: 2).tombstone(at: 9)),
            (
                "a content",
                StoredMessage(
                    id: MessageID("m"), senderId: .ana, receiverId: .budi, content: "v1:AAAA",
                    timestamp: 1, deletedAt: 9)
            ),
        ]
        for (what, tombstone) in wrong {
            try await expectFault(what, where: { $0 == .stale }) {
                try await store.commit(.messageDeleted(tombstone))
            }
        }
        try await store.delete("m", at: 9)
        try await expectFault("a second deletion", where: { $0 == .stale }) {
            try await store.commit(.messageDeleted(message.tombstone(at: 10)))
        }
        try expect("the message", try await store.message(message.id)?.deletedAt, is: 9)
    }

    @Sendable private static func staysTombstone(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add("m", from: .ana, to: .budi, at: 1)
        try await store.delete("m", at: 2)
        for content in ["", "v1:AAAA"] as [ByteText] {
            try await expectFault("from \(content)", where: { $0 == .stale }) {
                let id = MessageID("m")
                try await store.commit(.messageReplaced(id, from: content, to: "v2:B"))
            }
        }
        try await expectFault("its id again", where: \.isRefusal) {
            try await store.add("m", from: .ana, to: .budi, at: 3)
        }
        let next = try await fixture.restart()
        try expect("the content", try await next.message(MessageID("m"))?.content, is: "")
    }

    @Sendable private static func sharesClock(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        try await store.add("m1", from: .ana, to: .budi, at: 10)
        try await store.add("m2", from: .ana, to: .budi, at: 20)
        try await store.delete("m1", at: 30)
        for round in ["at once", "after a restart"] {
            try await store.commit(reading: [.lastTimestamp(talk)]) { facts in
                try expect("the last \(round)", facts.lastTimestamp(in: talk), is: 30)
                return (nil, ())
            }
            for time in [20, 30] as [Int64] {
                try await expectFault("a message at \(time)", where: \.isRefusal) {
                    try await store.add("m3", from: .budi, to: .ana, at: time)
                }
                try await expectFault("a deletion at \(time)", where: \.isRefusal) {
                    try await store.delete("m2", at: time)
                }
            }
            store = try await fixture.restart()
        }
        try await store.add("m3", from: .budi, to: .ana, at: 31)
        try await store.delete("m2", at: 32)
        // The conversation's last message is still its last one.
        let row = try await store.contacts(of: .ana)?.first
        try expect("the last message", row?.lastMessage?.timestamp, is: 31)
    }

    @Sendable private static func readsTombstones(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        for time in 1...6 as ClosedRange<Int64> {
            let (sender, receiver) = time % 2 == 0 ? (UserID.ana, UserID.budi) : (.budi, .ana)
            try await store.add("m\(time)", from: sender, to: receiver, at: time)
        }
        for (id, time) in [("m5", 10), ("m1", 20), ("m6", 30), ("m2", 40)] as [(ByteText, Int64)] {
            try await store.delete(id, at: time)
            // Each start finds them in files of another order.
            store = try await fixture.restart()
        }
        let cases: [(Int64, Int, Int, [String], Bool)] = [
            (.min, 500, .max, ["m5", "m1", "m6", "m2"], false), (0, 2, .max, ["m5", "m1"], false),
            (10, 500, .max, ["m1", "m6", "m2"], false), (15, 1, .max, ["m1"], false),
            (39, 5, .max, ["m2"], false), (40, 5, .max, [], false), (.max, 5, .max, [], false),
            (0, 0, .max, [], false), (0, .min, .max, [], false), (0, 3, 1, ["m5"], true),
        ]
        for (time, limit, bytesMax, expected, isCut) in cases {
            var range = MessageRange(limit: limit, bytesMax: bytesMax)
            range.deletedAfter = time
            let page = try await store.messages(in: talk, range)
            try expect("\(range)", page.messages.map(\.id.text.string), is: expected)
            try expect("whether \(range) is cut", page.isCut, is: isCut)
        }
        var elsewhere = MessageRange()
        elsewhere.deletedAfter = 0
        let none = try await store.messages(in: Conversation(.ana, .citra), elsewhere)
        try expect("none", none.count, is: 0)
    }

    @Sendable private static func winsOverRewraps(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add("m", from: .ana, to: .budi, at: 1)
        let id = MessageID("m")
        let outcomes = await atOnce(21) { number in
            do {
                if number == 10 {
                    try await store.delete("m", at: 2)
                    return true
                }
                let content = try await store.message(id)?.content ?? ""
                try await store.commit(.messageReplaced(id, from: content, to: "v2:\(number)"))
                return false
            } catch StorageFault.stale { return false }
        }
        // The deletion may have met a rewrap, and is done again then.
        if try outcomes.winners() == 0 { try await store.delete("m", at: 2) }
        try expect("the content", try await store.message(id)?.content, is: "")
        let next = try await fixture.restart()
        try expect("after a restart", try await next.message(id)?.deletedAt, is: 2)
    }

    @Sendable private static func keepsReplies(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        try await store.add("m", from: .ana, to: .budi, at: 1)
        let reply = StoredMessage("n \"1", from: .budi, to: .ana, at: 2, replyTo: "m")
        let answer = StoredMessage("o", from: .ana, to: .budi, at: 3, replyTo: "n \"1")
        try await store.commit(.messageAdded(reply))
        try await store.commit(.messageAdded(answer))
        try await store.commit(.messageReplaced(reply.id, from: "v1:AAAA", to: "v2:B"))
        try await store.delete("m", at: 4)
        try await store.delete("o", at: 5)
        for round in ["at once", "after a restart"] {
            let history = try await store.history(.ana, .budi)
            let expected = [nil, "m", nil] as [String?]
            try expect("replies \(round)", history.map(\.replyTo?.text.string), is: expected)
            store = try await fixture.restart()
        }
    }
}
