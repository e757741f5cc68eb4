import Encoding
import Storage

/// A user's contact list.
enum ContactCases {
    static let all = [
        StoreCase("contacts come latest conversation first, then by name", areInOrder),
        StoreCase("the latest conversation is the one that became visible last", followsVisibility),
        StoreCase("contacts count what they have sent", countsReceived),
    ]

    private static func names(_ store: any ChatStore) async throws -> [ByteText]? {
        try await store.contacts(of: .ana)?.map(\.username)
    }

    @Sendable private static func areInOrder(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.add(.ana, .budi, .citra)
        let others: [ByteText] = ["zoe", "Adi", "budi2", "adI"]
        for name in others { try await store.add(UserID(name)) }
        for friend in [.budi, .citra] + others.map({ UserID($0) }) {
            try await store.commit(.befriended(.ana, friend))
        }
        try await store.add("m1", from: .citra, to: .ana, at: 1)
        try await store.add("m2", from: .ana, to: .budi, at: 2)
        try await store.add("m3", from: .citra, to: .ana, at: 3)
        for round in ["at once", "after a restart"] {
            let expected: [ByteText] = ["citra", "budi", "Adi", "adI", "budi2", "zoe"]
            try expect("names \(round)", try await names(store), is: expected)
            let first = try await store.contacts(of: .ana)?.first?.lastMessage
            try expect(
                "the last message \(round)", first, is: .init(senderId: .citra, timestamp: 3))
            store = try await fixture.restart()
        }
    }

    @Sendable private static func followsVisibility(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.add(.ana, .budi, .citra, .dewi)
        for friend in [UserID.budi, .citra, .dewi] {
            try await store.commit(.befriended(.ana, friend))
        }
        try await store.add("m1", from: .ana, to: .budi, at: 40_000)
        try await store.add("m2", from: .ana, to: .dewi, at: 50_000)
        // As after a clock that was set back.
        try await store.add("m3", from: .citra, to: .ana, at: 10_000)
        try expect("by visibility", try await names(store), is: ["citra", "dewi", "budi"])
        try await store.commit(.messageReplaced(MessageID("m1"), from: "v1:AAAA", to: "v2:BB"))
        try expect("once replaced", try await names(store), is: ["citra", "dewi", "budi"])
        store = try await fixture.restart()
        try expect("after a restart", try await names(store), is: ["citra", "dewi", "budi"])
        try await store.add("m4", from: .ana, to: .budi, at: 40_001)
        try expect("a new message", try await names(store), is: ["budi", "citra", "dewi"])
    }

    @Sendable private static func countsReceived(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        for number in 0..<6 as Range<Int64> {
            let (sender, receiver) = number < 4 ? (UserID.ana, UserID.budi) : (.budi, .ana)
            try await store.add("m\(number)", from: sender, to: receiver, at: number)
        }
        let rows = [
            try await store.contacts(of: .ana)?.first, try await store.contacts(of: .budi)?.first,
        ]
        try expect("received", rows.map { $0?.receivedCount }, is: [2, 4])
        let last = ContactSummary.LastMessage(senderId: .budi, timestamp: 5)
        try expect("the last message", rows.map { $0?.lastMessage }, is: [last, last])
    }
}
