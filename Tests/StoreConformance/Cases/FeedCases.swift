import Encoding
import Storage
import TestSupport

/// The way through a user's messages with present friends.
enum FeedCases {
    static let all = [
        StoreCase("a feed goes through all conversations, newest first", goesNewestFirst),
        StoreCase("a feed of one friend is that conversation alone", staysWithFriend),
        StoreCase("a feed leaves out strangers, former friends and tombstones", leavesOut),
        StoreCase("partners are those with messages, friends or not", namesPartners),
        StoreCase("any feed is what a plain list says, in any steps", isAsPlainList),
    ]

    private static func read(
        _ store: any ChatStore, _ feed: MessageFeed, limit: Int = 500, bytesMax: Int = .max
    ) async throws -> [StoredMessage] {
        var (feed, all): (MessageFeed, [StoredMessage]) = (feed, [])
        while !feed.isAtEnd {
            let page = try await store.newestMessages(in: &feed, limit: limit, bytesMax: bytesMax)
            try expect(page.count <= limit, "\(page.count) messages for \(limit)")
            all += page.messages
        }
        return all
    }

    private static func friends(_ store: any ChatStore) async throws {
        try await store.add(.ana, .budi, .citra, .dewi)
        for friend in [UserID.budi, .citra, .dewi] {
            try await store.commit(.befriended(.ana, friend))
        }
    }

    @Sendable private static func goesNewestFirst(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await friends(store)
        let messages: [(ByteText, UserID, Int64)] = [
            ("b1", .budi, 1), ("c1", .citra, 1), ("d1", .dewi, 1), ("c2", .citra, 5),
            ("b2", .budi, 6), ("d2", .dewi, 6), ("b3", .budi, 7),
        ]
        for (id, friend, time) in messages {
            let isOwn = time % 2 == 0
            try await store.add(
                id, from: isOwn ? .ana : friend, to: isOwn ? friend : .ana, at: time)
        }
        let expected = ["b3", "d2", "b2", "c2", "d1", "c1", "b1"]
        for limit in 1...8 {
            let found = try await read(store, MessageFeed(of: .ana), limit: limit)
            try expect("in steps of \(limit)", found.map(\.id.text.string), is: expected)
        }
        let small = try await read(store, MessageFeed(of: .ana), bytesMax: 1)
        try expect("one by one", small.map(\.id.text.string), is: expected)
        let next = try await fixture.restart()
        let places: [(Int64, UserID, Int)] = [
            (6, .dewi, 2), (6, .citra, 2), (6, .budi, 3), (5, .ana, 4), (1, .budi, 7), (0, .ana, 7),
            (.max, .dewi, 0), (.min, .ana, 7),
        ]
        for (time, friend, count) in places {
            let place = MessageFeed.Place(timestamp: time, friend: friend)
            let found = try await read(next, MessageFeed(of: .ana, after: place))
            try expect("\(place)", found.map(\.id.text.string), is: Array(expected[count...]))
        }
        try expect("nobody", try await read(next, MessageFeed(of: UserID("x"))).count, is: 0)
    }

    @Sendable private static func staysWithFriend(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await friends(store)
        for time in 1...4 as ClosedRange<Int64> {
            try await store.add("b\(time)", from: .budi, to: .ana, at: time)
            try await store.add("c\(time)", from: .ana, to: .citra, at: time)
        }
        let found = try await read(store, MessageFeed(of: .ana, with: .citra), limit: 3)
        try expect("one friend", found.map(\.id.text), is: ["c4", "c3", "c2", "c1"])
        for stranger in [UserID("x"), .ana] {
            let none = try await read(store, MessageFeed(of: .ana, with: stranger))
            try expect("\(stranger)", none.count, is: 0)
        }
        try expect(
            "the other's", try await read(store, MessageFeed(of: .citra)).map(\.id.text),
            is: ["c4", "c3", "c2", "c1"])
    }

    @Sendable private static func leavesOut(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await friends(store)
        try await store.add("b1", from: .budi, to: .ana, at: 1)
        try await store.add("b2", from: .budi, to: .ana, at: 2)
        try await store.add("c1", from: .citra, to: .ana, at: 3)
        try await store.add("x1", from: .citra, to: .budi, at: 4)
        try await store.delete("b2", at: 5)
        try await store.commit(.parted(.ana, .citra))
        var found = try await read(store, MessageFeed(of: .ana))
        try expect("messages", found.map(\.id.text), is: ["b1"])
        // One who goes while the feed is read takes the rest along.
        var feed = MessageFeed(of: .ana)
        try await store.commit(.befriended(.ana, .citra))
        found = try await store.newestMessages(in: &feed, limit: 1, bytesMax: .max).messages
        try expect("the newest", found.map(\.id.text), is: ["c1"])
        try await store.commit(.blocked(.budi, by: .ana))
        found = try await read(store, feed)
        try expect("the rest", found.map(\.id.text), is: [])
    }

    @Sendable private static func namesPartners(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await friends(store)
        try await store.add("b1", from: .budi, to: .ana, at: 1)
        try await store.add("c1", from: .ana, to: .citra, at: 1)
        try await store.add("x1", from: .citra, to: .budi, at: 4)
        try await store.commit(.parted(.ana, .citra))
        try await store.delete("b1", at: 5)
        for round in ["at once", "after a restart"] {
            let found: [UserID: Set<UserID>] = [
                .ana: Set(try await store.partners(of: .ana)),
                .budi: Set(try await store.partners(of: .budi)),
                .dewi: Set(try await store.partners(of: .dewi)),
            ]
            try expect(
                "partners \(round)", found,
                is: [.ana: [.budi, .citra], .budi: [.ana, .citra], .dewi: []])
            store = try await fixture.restart()
        }
    }

    @Sendable private static func isAsPlainList(_ fixture: any StoreFixture) async throws {
        var random = SeededGenerator()
        let seed = random.seed
        let store = try await fixture.open()
        try await friends(store)
        var list: [(place: MessageFeed.Place, id: String)] = []
        var times: [UserID: Int64] = [:]
        for number in 0..<120 {
            let friend = [UserID.budi, .citra, .dewi].randomElement(using: &random) ?? .budi
            let time = (times[friend] ?? 0) + Int64.random(in: 1...3, using: &random)
            times[friend] = time
            try await store.add("m\(number)", from: .ana, to: friend, at: time)
            list.append((.init(timestamp: time, friend: friend), "m\(number)"))
        }
        list.sort { $0.place.precedes($1.place) }
        for _ in 0..<60 {
            let friend = [nil, nil, UserID.budi].randomElement(using: &random) ?? nil
            let start = Int.random(in: -1..<list.count, using: &random)
            let place = start < 0 ? nil : list[start].place
            let limit = Int.random(in: 1...50, using: &random)
            let found = try await read(
                store, MessageFeed(of: .ana, with: friend, after: place), limit: limit)
            let expected = list.dropFirst(start + 1).filter {
                friend ?? $0.place.friend == $0.place.friend
            }
            try expect(
                "seed \(seed), \(start)", found.map(\.id.text.string), is: expected.map(\.id))
        }
    }
}
