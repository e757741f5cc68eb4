import Encoding
import Storage

/// Push subscriptions: an endpoint has one owner, and a session's end takes them along.
enum SubscriptionCases {
    static let all = [
        StoreCase("subscriptions are kept in their order, a few a user", keepsFew),
        StoreCase("an endpoint has one owner, the last who subscribed it", hasOneOwner),
        StoreCase("subscriptions end with the epoch, and with the user", endsWithEpoch),
        StoreCase("only a user's own subscriptions can be ended", endsOwn),
    ]

    private static func endpoints(
        _ store: any ChatStore, _ id: UserID
    ) async throws -> [ByteText] {
        let list = try await store.subscriptions(of: id)
        let user = try await store.user(id)
        try expect("a user's list", user?.subscriptions.list ?? [], is: list)
        let send = try await store.sendFacts(from: .budi, to: id)
        try expect("what a send sees", send?.hasSubscriptions ?? false, is: !list.isEmpty)
        return list.map(\.endpoint)
    }

    @Sendable private static func keepsFew(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.add(.ana)
        try expect("none at first", try await endpoints(store, .ana), is: [])
        for name in ["a", "b", "c", "d", "e", "a", "f"] as [ByteText] {
            try await store.commit(.subscribed(.ana, .sample(name, session: name)))
        }
        try await store.commit(.subscribed(.ana, .sample("d", session: "new")))
        for round in ["at once", "after a restart"] {
            try expect(round, try await endpoints(store, .ana), is: ["c", "e", "a", "f", "d"])
            let last = try await store.subscriptions(of: .ana).last
            try expect("the newest \(round)", last, is: .sample("d", session: "new"))
            try expect("the count \(round)", try await count(store), is: 5)
            store = try await fixture.restart()
        }
        try await store.commit(.unsubscribed(.ana, endpoints: ["e", "d"]))
        try expect("what is left", try await endpoints(store, .ana), is: ["c", "a", "f"])
        try expect("nobody", try await endpoints(store, .budi), is: [])
    }

    private static func count(_ store: any ChatStore) async throws -> Int {
        try await store.commit(reading: [.subscriptionCount]) { (nil, $0.subscriptionCount) }
    }

    @Sendable private static func hasOneOwner(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.add(.ana, .budi)
        try await store.commit(.subscribed(.ana, .sample("shared")))
        try await store.commit(.subscribed(.ana, .sample("own")))
        try await store.commit(.subscribed(.budi, .sample("shared", session: "b")))
        for round in ["at once", "after a restart"] {
            try expect("the earlier \(round)", try await endpoints(store, .ana), is: ["own"])
            try expect("the later \(round)", try await endpoints(store, .budi), is: ["shared"])
            try expect("the count \(round)", try await count(store), is: 2)
            store = try await fixture.restart()
        }
        try await store.commit(.subscribed(.ana, .sample("shared")))
        try expect("back", try await endpoints(store, .ana), is: ["own", "shared"])
        try expect("gone", try await endpoints(store, .budi), is: [])
    }

    @Sendable private static func endsWithEpoch(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.add(.ana, .budi)
        try await store.commit(.subscribed(.ana, .sample("a")))
        try await store.commit(.subscribed(.budi, .sample("b")))
        var ana = User.new(.ana, named: "renamed")
        try await store.commit(.userChanged(ana))
        try expect("a new name", try await endpoints(store, .ana), is: ["a"])
        ana.epoch = 1
        try await store.commit(.userChanged(ana))
        try await store.commit(.userRemoved(.budi))
        for round in ["at once", "after a restart"] {
            try expect("a new epoch, \(round)", try await endpoints(store, .ana), is: [])
            try expect("a removed user, \(round)", try await endpoints(store, .budi), is: [])
            try expect("the count, \(round)", try await count(store), is: 0)
            store = try await fixture.restart()
        }
        try await store.commit(.subscribed(.ana, .sample("b")))
        try expect("a free endpoint", try await endpoints(store, .ana), is: ["b"])
    }

    @Sendable private static func endsOwn(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.add(.ana, .budi)
        try await store.commit(.subscribed(.ana, .sample("a")))
        let changes: [Change] = [
            .subscribed(.citra, .sample("c")), .unsubscribed(.citra, endpoints: []),
            .unsubscribed(.budi, endpoints: ["a"]), .unsubscribed(.ana, endpoints: ["a", "b"]),
        ]
        for change in changes {
            try await expectFault("\(change)", where: \.isRefusal) {
                try await store.commit(change)
            }
        }
        try expect("unchanged", try await endpoints(store, .ana), is: ["a"])
    }
}
