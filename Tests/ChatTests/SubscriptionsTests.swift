import Encoding
import EventLoop
import Storage
import StoreConformance
import TestSupport
import Testing

@testable import Chat

@Suite struct SubscriptionsTests {
    private static func subscription(
        _ endpoint: ByteText, session: ByteText = "1"
    ) -> PushSubscription {
        PushSubscription(
            endpoint: endpoint, publicKey: "BA", authentication: "au", session: session)
    }

    private static func endpoints(_ rules: RulesFixture, _ id: UserID) async -> [ByteText] {
        await rules.base.store.subscriptions(of: id).map(\.endpoint)
    }

    /// Adds a subscription by a session of the users' first epoch.
    private static func add(
        _ subscription: PushSubscription, for user: UserID, to subscriptions: Subscriptions
    ) async throws {
        #expect(try await subscriptions.add(subscription, for: user, epoch: 0))
    }

    @Test func `a session of an earlier epoch subscribes nothing`() throws {
        try withRules { rules in
            let subscriptions = Subscriptions(store: rules.base.repeating, loop: rules.base.loop)
            let ana = try await rules.user("ana")
            try await rules.base.store.commit(reading: [.user(ana)]) { facts in
                var user = facts.user(ana)
                user?.epoch = 1
                return (user.map { .userChanged($0) }, ())
            }
            #expect(try await !subscriptions.add(Self.subscription("a"), for: ana, epoch: 0))
            #expect(await Self.endpoints(rules, ana) == [])
            #expect(try await subscriptions.add(Self.subscription("a"), for: ana, epoch: 1))
            #expect(await Self.endpoints(rules, ana) == ["a"])
        }
    }

    @Test func `a log-out ends a subscription that waits for the disk`() throws {
        try withRules { rules in
            let store = rules.base.store
            let subscriptions = Subscriptions(store: store, loop: rules.base.loop)
            let ana = try await rules.user("ana")
            let before = store.changes.count
            // The subscription is decided while the log-out waits, as by a store with a disk.
            store.beforeCommits {
                store.beforeCommits(nil)
                try await Self.add(Self.subscription("a"), for: ana, to: subscriptions)
            }
            try await subscriptions.end(session: "1", of: ana)
            #expect(store.changes.count == before + 2)
            #expect(await Self.endpoints(rules, ana) == [])
        }
    }

    @Test func `a subscription that is there already costs no write`() throws {
        try withRules { rules in
            let subscriptions = Subscriptions(store: rules.base.store, loop: rules.base.loop)
            let ana = try await rules.user("ana")
            try await Self.add(Self.subscription("a"), for: ana, to: subscriptions)
            let before = rules.base.store.changes.count
            for _ in 0..<100 {
                try await Self.add(Self.subscription("a"), for: ana, to: subscriptions)
            }
            try await subscriptions.remove("b", of: ana)
            try await subscriptions.end(session: "2", of: ana)
            #expect(rules.base.store.changes.count == before)
        }
    }

    @Test func `a log-out ends the subscriptions of its session alone`() throws {
        try withRules { rules in
            let subscriptions = Subscriptions(store: rules.base.store, loop: rules.base.loop)
            let (ana, budi) = try await rules.friends("ana", "budi")
            try await Self.add(Self.subscription("a"), for: ana, to: subscriptions)
            try await Self.add(Self.subscription("b", session: "2"), for: ana, to: subscriptions)
            try await Self.add(Self.subscription("c"), for: budi, to: subscriptions)
            try await subscriptions.end(session: "1", of: ana)
            #expect(await Self.endpoints(rules, ana) == ["b"])
            #expect(await Self.endpoints(rules, budi) == ["c"])
            // Another user's endpoint is not the caller's to remove.
            try await subscriptions.remove("b", of: budi)
            #expect(await Self.endpoints(rules, ana) == ["b"])
        }
    }

    @Test func `new subscriptions are limited by user and hour`() throws {
        try withRules { rules in
            let subscriptions = Subscriptions(store: rules.base.store, loop: rules.base.loop)
            let (ana, budi) = try await rules.friends("ana", "budi")
            for number in 0..<Subscriptions.perHourMax {
                try await Self.add(Self.subscription("\(number)"), for: ana, to: subscriptions)
            }
            await #expect(throws: ChatFault.self) {
                try await Self.add(Self.subscription("more"), for: ana, to: subscriptions)
            }
            try await Self.add(Self.subscription("more"), for: budi, to: subscriptions)
            #expect(await Self.endpoints(rules, ana).count == PushSubscriptions.perUserMax)
        }
    }
}

@Suite struct AnnouncementsTests {
    private static func message(from sender: UserID, to receiver: UserID) -> StoredMessage {
        StoredMessage(
            id: MessageID("m"), senderId: sender, receiverId: receiver, content: "", timestamp: 1)
    }

    @Test func `a burst of messages is one announcement until it is read`() throws {
        try withRules { rules in
            let announcements = Announcements(isOn: true, loop: rules.base.loop)
            let wakes = Shared(0)
            announcements.onWaiting { wakes.value += 1 }
            let (ana, budi) = (UserID("ana"), UserID("budi"))
            let expected = Announcement(from: ana, to: budi)
            for _ in 0..<1_000 { announcements.stored(Self.message(from: ana, to: budi)) }
            #expect(announcements.takeWaiting() == [expected] && wakes.value == 1)
            // Nobody was told, for want of a subscription, so the next message counts.
            announcements.stored(Self.message(from: ana, to: budi))
            #expect(announcements.takeWaiting() == [expected])
            announcements.announced(expected)
            announcements.stored(Self.message(from: ana, to: budi))
            #expect(announcements.takeWaiting().isEmpty && announcements.isUnread(expected))
            announcements.read(by: budi, with: ana)
            #expect(!announcements.isUnread(expected))
            announcements.stored(Self.message(from: ana, to: budi))
            #expect(announcements.takeWaiting() == [expected])
        }
    }

    @Test func `a receiver who came back meanwhile is not told`() throws {
        try withRules { rules in
            let announcements = Announcements(isOn: true, loop: rules.base.loop)
            announcements.stored(Self.message(from: UserID("ana"), to: UserID("budi")))
            announcements.pollIsHeld(of: UserID("budi"))
            #expect(announcements.takeWaiting().isEmpty)
        }
    }

    @Test func `what waits is bounded`() throws {
        try withRules { rules in
            let announcements = Announcements(isOn: true, loop: rules.base.loop)
            for number in 0..<(2 * Announcements.waitingMax) {
                announcements.stored(
                    Self.message(from: UserID("ana"), to: UserID(ByteText("\(number)"))))
            }
            #expect(announcements.takeWaiting().count == Announcements.waitingMax)
        }
    }

    @Test func `nothing waits where notifications are off`() throws {
        try withRules { rules in
            let announcements = Announcements(isOn: false, loop: rules.base.loop)
            announcements.stored(Self.message(from: UserID("ana"), to: UserID("budi")))
            #expect(announcements.takeWaiting().isEmpty)
        }
    }
}
