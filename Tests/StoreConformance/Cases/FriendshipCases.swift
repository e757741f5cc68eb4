import Encoding
import Storage

/// Friendships that end, and blocks.
enum FriendshipCases {
    static let all = [
        StoreCase("a friendship ends for both, and its messages stay", ends),
        StoreCase("a block ends a friendship and stays until it is lifted", blocks),
        StoreCase("a block of a stranger ends nothing", blocksStrangers),
        StoreCase("a removed user leaves every list of others", leavesLists),
    ]

    private static let talk = Conversation(.ana, .budi)

    private static func hasEnded(_ store: any ChatStore) async throws -> [Bool] {
        [
            try await store.currentPollFacts(of: .ana, in: talk).hasEnded,
            try await store.currentPollFacts(of: .budi, in: talk).hasEnded,
        ]
    }

    @Sendable private static func ends(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        try await store.add("m", from: .ana, to: .budi, at: 1)
        try expect("friends", try await hasEnded(store), is: [false, false])
        try await store.commit(.parted(.budi, .ana))
        for round in ["at once", "after a restart"] {
            let found = try await Everything(of: store)
            try expect("rows \(round)", found.contacts, is: [.ana: [], .budi: []])
            try expect("contacts \(round)", found.users[.ana]?.contacts, is: [])
            try expect("former friends \(round)", found.users[.ana]?.formerFriends, is: [.budi])
            try expect("former friends \(round)", found.users[.budi]?.formerFriends, is: [.ana])
            try expect("the end \(round)", found.ended, is: [talk])
            try expect(try await !store.areFriends(.ana, .budi), "friends \(round)")
            try expect("messages \(round)", found.histories[talk]?.map(\.id.text), is: ["m"])
            store = try await fixture.restart()
        }
        try await store.commit(.befriended(.ana, .budi))
        try expect("friends again", try await hasEnded(store), is: [false, false])
        try expect("no former friends", try await store.user(.ana)?.formerFriends, is: [])
        let row = try await store.contacts(of: .budi)?.first
        try expect("the message of before", row?.lastMessage?.timestamp, is: 1)
        try expect("the count of before", row?.receivedCount, is: 1)
    }

    @Sendable private static func blocks(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        try await store.commit(.blocked(.ana, by: .budi))
        for round in ["at once", "after a restart"] {
            let budi = try require(try await store.user(.budi), "there is no Budi \(round)")
            try expect("a block \(round)", budi.blocked, is: [.ana])
            try expect("contacts \(round)", budi.contacts, is: [])
            try expect("former friends \(round)", budi.formerFriends, is: [.ana])
            try expect("the other's \(round)", try await store.user(.ana)?.blocked, is: [])
            try expect("the end \(round)", try await hasEnded(store), is: [true, true])
            store = try await fixture.restart()
        }
        try await store.commit(.unblocked(.ana, by: .budi))
        try expect("no block", try await store.user(.budi)?.blocked, is: [])
        try expect("no friends by that", try await hasEnded(store), is: [true, true])
        // Becoming friends lifts the blocks of both.
        try await store.commit(.blocked(.ana, by: .budi))
        try await store.commit(.blocked(.budi, by: .ana))
        try await store.commit(.befriended(.ana, .budi))
        for id in [UserID.ana, .budi] {
            try expect("blocks of \(id)", try await store.user(id)?.blocked, is: [])
        }
    }

    @Sendable private static func blocksStrangers(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.add(.ana, .budi)
        try await store.commit(.blocked(.ana, by: .budi))
        try expect("an end", try await hasEnded(store), is: [false, false])
        for id in [UserID.ana, .budi] {
            try expect("former friends", try await store.user(id)?.formerFriends, is: [])
        }
        let next = try await fixture.restart()
        try expect("a block", try await next.user(.budi)?.blocked, is: [.ana])
    }

    @Sendable private static func leavesLists(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        try await store.commit(.blocked(.ana, by: .budi))
        try await store.commit(.blocked(.budi, by: .ana))
        try await store.commit(.userRemoved(.ana))
        for round in ["at once", "after a restart"] {
            try expect("lists \(round)", try await store.user(.budi), is: .new(.budi))
            try expect("the end \(round)", try await hasEnded(store), is: [false, false])
            store = try await fixture.restart()
        }
        try await store.add(.ana)
        try expect("one who comes again", try await store.user(.ana), is: .new(.ana))
        try await store.commit(.befriended(.ana, .budi))
    }
}
