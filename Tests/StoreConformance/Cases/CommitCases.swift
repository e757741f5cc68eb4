import Encoding
import Storage

/// The guarantees of a commit without concurrency.
enum CommitCases {
    static let all = [
        StoreCase("a change is visible in every read once it is committed", showsChanges),
        StoreCase("a decision that throws leaves nothing", leavesNothing),
        StoreCase("a decision without a change hands out its outcome alone", changesNothing),
        StoreCase("what nobody has added is nowhere", knowsNothing),
        StoreCase("a decision is shown each fact that it declared", showsFacts),
        StoreCase("a decision is shown that there is nothing yet", showsAbsence),
        StoreCase("texts are kept byte for byte", keepsTexts),
    ]

    private static let talk = Conversation(.ana, .budi)

    @Sendable private static func showsChanges(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.checkWritable()
        try await store.add(.ana)
        var ana = User.new(.ana)
        try expect("a user", try await store.user(.ana), is: ana)
        try expect("by name", try await store.user(named: "ana"), is: ana)
        try expect("the id", try await store.knownID(.ana), is: .ana)
        try expect("the users", try await store.users(), is: [ana])
        try expect("no contacts", try await store.contacts(of: .ana), is: [])
        try await store.add(.budi)
        try await store.commit(.befriended(.ana, .budi))
        ana.contacts = [.budi]
        try expect("a friend", try await store.user(.ana), is: ana)
        try expect(try await store.areFriends(.ana, .budi), "one side")
        try expect(try await store.areFriends(.budi, .ana), "the other side")
        let message = StoredMessage("m", from: .ana, to: .budi, at: 10)
        try await store.commit(.messageAdded(message))
        try expect("a message", try await store.message(message.id), is: message)
        try expect("a history", try await store.history(.budi, .ana), is: [message])
        try expect("a scan", try await store.scanned(), is: [message])
        try expect("a count", try await store.messageCount, is: 1)
        try expect(
            "a send", try await store.sendFacts(from: .ana, to: .budi),
            is: SendFacts(
                receiver: .budi, areFriends: true, messageCount: 1, hasSubscriptions: false))
        let row = try await store.contacts(of: .budi)?.first
        try expect("the name", row?.username, is: "ana")
        try expect("the count", row?.receivedCount, is: 1)
        try expect("a row", row?.lastMessage, is: .init(senderId: .ana, timestamp: 10))
        ana.username = "Ana Maria"
        ana.password = "$2b$10$another"
        ana.epoch = 3
        try await store.commit(.userChanged(ana))
        try expect("a changed user", try await store.user(.ana), is: ana)
        try expect("its name", try await store.user(named: "Ana Maria"), is: ana)
        try expect("its former name", try await store.user(named: "ana"), is: nil)
        try expect("the epoch", try await store.currentPollFacts(of: .ana).epoch, is: 3)
        try expect(
            "the name in a row", try await store.contacts(of: .budi)?.map(\.username),
            is: ["Ana Maria"])
    }

    private struct Objection: Error {}

    @Sendable private static func leavesNothing(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add("m", from: .ana, to: .budi, at: 1)
        let before = try await Everything(of: store)
        let revisions = try await Revisions(of: store)
        do {
            try await store.commit(reading: [.userID(.citra)]) { facts -> (Change?, Void) in
                if facts.hasUser(.citra) { return (nil, ()) }
                throw Objection()
            }
            throw BrokenPromise("a decision's error is kept back", #fileID, #line)
        } catch is Objection {}
        try expect("everything", try await Everything(of: store), is: before)
        try expect("the revisions", try await Revisions(of: store), is: revisions)
    }

    @Sendable private static func changesNothing(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        let before = try await Everything(of: store)
        let revisions = try await Revisions(of: store)
        let names = try await store.commit(reading: [.user(.ana), .user(.budi)]) { facts in
            (nil, [facts.user(.ana)?.username, facts.user(.budi)?.username])
        }
        try expect("the outcome", names, is: ["ana", "budi"])
        try expect("everything", try await Everything(of: store), is: before)
        try expect("the revisions", try await Revisions(of: store), is: revisions)
    }

    @Sendable private static func knowsNothing(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        let empty = try await Everything(of: store)
        try expect(empty.users.isEmpty && empty.contacts.isEmpty, "there are people")
        try expect(empty.messages.isEmpty && empty.messageCount == 0, "there are messages")
        try expect(empty.keys.isEmpty && empty.invites.isEmpty, "there are keys or invitations")
        try expect("the newest timestamp", empty.newestTimestamp, is: 0)
        try await store.addFriends()
        try await store.add("m", from: .ana, to: .budi, at: 1)
        try expect("a user", try await store.user(.citra), is: nil)
        try expect("a name", try await store.user(named: "citra"), is: nil)
        try expect("an id", try await store.knownID(.citra), is: nil)
        try expect("contacts", try await store.contacts(of: .citra), is: nil)
        try expect(try await !store.areFriends(.ana, .citra), "friends of nobody")
        try expect(try await !store.areFriends(.citra, .ana), "nobody has friends")
        try expect(try await !store.areFriends(.ana, .ana), "a friend of oneself")
        try expect("a receiver", try await store.sendFacts(from: .ana, to: .citra), is: nil)
        let alone = try await store.sendFacts(from: .citra, to: .ana)
        try expect("a sender without friends", alone?.areFriends, is: false)
        try expect("a history", try await store.history(.ana, .citra), is: [])
        try expect("a monologue", try await store.history(.ana, .ana), is: [])
        try expect("a message", try await store.message(MessageID("n")), is: nil)
        try expect("an invitation", try await store.invite("0a"), is: nil)
        try expect("an epoch", try await store.currentPollFacts(of: .citra).epoch, is: nil)
    }

    @Sendable private static func showsFacts(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        let message = StoredMessage("m", from: .ana, to: .budi, at: 10)
        try await store.commit(.messageAdded(message))
        try await store.commit(.keySeen(version: 1, fingerprint: "aa"))
        try await store.add(.citra)
        try await store.commit(.blocked(.citra, by: .budi))
        let invite = Invite(digest: "0a", expiresAt: 7)
        try await store.commit(.invitesAdded([invite]))
        let ana = try await store.user(.ana)
        let needs: [Fact] = [
            .user(.ana), .userID(.ana), .name("ANA"), .contact(of: .ana, .budi),
            .lastTimestamp(Conversation(.budi, .ana)), .messageID(message.id),
            .message(message.id), .newestTimestamp, .messageCount, .keys, .invite("0a"),
            .invites, .blocked(.citra, by: .budi), .blocked(.budi, by: .citra),
        ]
        try await store.commit(reading: needs) { facts in
            try expect(facts.isBlocked(.citra, by: .budi), "a block")
            try expect(!facts.isBlocked(.budi, by: .citra), "a block the other way")
            try expect("a user", facts.user(.ana), is: ana)
            try expect(facts.hasUser(.ana), "a user's id")
            try expect("a name", facts.user(named: "ANA"), is: ana)
            try expect(facts.areFriends(.ana, .budi), "a contact")
            try expect("a timestamp", facts.lastTimestamp(in: talk), is: 10)
            try expect(facts.isUsed(message.id), "a message's id")
            try expect("a message", facts.message(message.id), is: message)
            try expect("the newest timestamp", facts.newestTimestamp, is: 10)
            try expect("the count", facts.messageCount, is: 1)
            try expect("the keys", facts.knownKeys, is: [1: "aa"])
            try expect("an invitation", facts.invite("0a"), is: invite)
            try expect("the invitations", facts.invites, is: [invite])
            return (nil, ())
        }
    }

    @Sendable private static func showsAbsence(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        let id = MessageID("m")
        let needs: [Fact] = [
            .user(.ana), .userID(.ana), .name("ana"), .contact(of: .ana, .budi),
            .lastTimestamp(talk), .messageID(id), .message(id), .newestTimestamp, .messageCount,
            .keys, .invite("0a"), .invites, .blocked(.ana, by: .budi),
        ]
        try await store.commit(reading: needs) { facts in
            try expect("a user", facts.user(.ana), is: nil)
            try expect(!facts.hasUser(.ana) && !facts.isUsed(id), "an id")
            try expect("a name", facts.user(named: "ana"), is: nil)
            try expect(!facts.areFriends(.ana, .budi), "a contact")
            try expect(!facts.isBlocked(.ana, by: .budi), "a block")
            try expect("a timestamp", facts.lastTimestamp(in: talk), is: nil)
            try expect("a message", facts.message(id), is: nil)
            try expect("the newest timestamp", facts.newestTimestamp, is: 0)
            try expect("the count", facts.messageCount, is: 0)
            try expect(facts.knownKeys.isEmpty && facts.invites.isEmpty, "keys, invitations")
            try expect("an invitation", facts.invite("0a"), is: nil)
            return (nil, ())
        }
    }

    @Sendable private static func keepsTexts(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        let texts: [ByteText] = [
            "\"quoted\\\"", "line\nand\ttab", "\u{1}\u{7f}", "e\u{301} is not \u{e9}",
            "\u{1F469}\u{200D}\u{1F680}", " blanks ", "",
        ]
        let people = texts.map { UserID($0 + " of a person") }
        for (id, text) in zip(people, texts) {
            try await store.commit(.userAdded(.new(id, named: text + " as a name")))
        }
        try await store.add(.ana)
        var sent: [StoredMessage] = []
        for (index, text) in texts.enumerated() {
            let message = StoredMessage(
                text + " as an id", from: people[index], to: .ana, at: Int64(index),
                content: text)
            try await store.commit(.messageAdded(message))
            sent.append(message)
        }
        for round in ["at once", "after a restart"] {
            for (index, message) in sent.enumerated() {
                let id = people[index]
                try expect(
                    "a name \(round)", try await store.user(id),
                    is: .new(id, named: texts[index] + " as a name"))
                try expect("a message \(round)", try await store.message(message.id), is: message)
                try expect("a history \(round)", try await store.history(id, .ana), is: [message])
            }
            store = try await fixture.restart()
        }
    }
}
