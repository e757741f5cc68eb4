import Encoding
import Storage

/// Users by id and by name, and what goes with them.
enum UserCases {
    static let all = [
        StoreCase("a name is found exactly, else regardless of case", findsNames),
        StoreCase("a changed name is found and the former one is free", freesNames),
        StoreCase("a UUID names the same user in either case and keeps its spelling", foldsUUIDs),
        StoreCase("a change of a user leaves contacts alone", keepsContacts),
        StoreCase("a disabled user stays so until another change", keepsDisabled),
        StoreCase("a removed user takes contacts, messages and the name along", removesAll),
    ]

    @Sendable private static func findsNames(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.commit(.userAdded(.new(.ana, named: "Sri")))
        try await store.commit(.userAdded(.new(.budi, named: "SRI")))
        try await store.commit(.userAdded(.new(.citra, named: "\u{c9}lan")))
        try await store.commit(.userAdded(.new(.dewi, named: "E\u{301}lan")))
        let cases: [(ByteText, Set<UserID>)] = [
            ("Sri", [.ana]), ("SRI", [.budi]), ("sri", [.ana, .budi]), ("\u{c9}lan", [.citra]),
            ("\u{e9}LAN", [.citra]), ("e\u{301}lan", [.dewi]), ("Sri ", []), ("Sr", []), ("", []),
        ]
        for round in ["at once", "after a restart"] {
            for (name, expected) in cases {
                let found = try await store.user(named: name)?.id
                let isRight = found.map(expected.contains) ?? expected.isEmpty
                try expect(isRight, "\(name) \(round): \(found?.text ?? "nobody")")
                try await store.commit(reading: [.name(name)]) { facts in
                    let found = facts.user(named: name)?.id
                    let isRight = found.map(expected.contains) ?? expected.isEmpty
                    try expect(isRight, "\(name) for a decision: \(found?.text ?? "nobody")")
                    return (nil, ())
                }
            }
            store = try await fixture.restart()
        }
    }

    @Sendable private static func freesNames(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.commit(.userAdded(.new(.ana, named: "Sri")))
        try await store.commit(.userChanged(.new(.ana, named: "sri")))
        try expect("regardless of case", try await store.user(named: "SRI")?.id, is: .ana)
        try await store.commit(.userChanged(.new(.ana, named: "Tuti")))
        try expect("its name", try await store.user(named: "tuti")?.id, is: .ana)
        try expect("its former name", try await store.user(named: "sri"), is: nil)
        try await store.commit(.userAdded(.new(.budi, named: "sri")))
        try expect("another's name", try await store.user(named: "Sri")?.id, is: .budi)
        // Without a new name too.
        try await store.commit(.userChanged(.new(.budi, named: "sri")))
        try expect("the same name", try await store.user(named: "sri")?.id, is: .budi)
    }

    @Sendable private static func keepsDisabled(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.add(.ana, .budi)
        var ana = try await store.user(.ana) ?? .new(.ana)
        let hash = ana.passwordHash
        ana.setDisabled(true)
        ana.epoch += 1
        try await store.commit(.userChanged(ana))
        for round in ["at once", "after a restart"] {
            let found = try await store.user(.ana)
            try expect("the mark \(round)", found?.isDisabled, is: true)
            try expect("the hash \(round)", found?.passwordHash, is: hash)
            try expect("the other \(round)", try await store.user(.budi)?.isDisabled, is: false)
            store = try await fixture.restart()
        }
        ana.setDisabled(false)
        try await store.commit(.userChanged(ana))
        store = try await fixture.restart()
        try expect("the hash at last", try await store.user(.ana)?.password, is: hash)
    }

    @Sendable private static func foldsUUIDs(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        let upper = UserID("8451E1A1-2871-4B5F-A70C-EAE4C509075D")
        let lower = UserID(upper.text.asciiLowercased)
        try await store.add(upper, .budi)
        try expect("the id", try await store.knownID(lower)?.text, is: upper.text)
        try expect("the user", try await store.user(lower)?.id.text, is: upper.text)
        try await expectFault("the other spelling", where: \.isRefusal) {
            try await store.commit(.userAdded(.new(lower)))
        }
        try await store.commit(.befriended(lower, .budi))
        try expect(try await store.areFriends(upper, .budi), "no friend of this spelling")
        let sent = try await store.sendFacts(from: .budi, to: lower)
        try expect("the receiver", sent?.receiver.text, is: upper.text)
        try expect("a send", sent?.areFriends, is: true)
        let contacts = try await store.user(.budi)?.contacts.map(\.text)
        try expect("how a contact is spelt", contacts, is: [upper.text])
        try await store.add("m", from: upper, to: .budi, at: 1)
        try expect("messages", try await store.history(lower, .budi).count, is: 1)
        try expect("rows", try await store.contacts(of: lower)?.map(\.id), is: [.budi])
        let facts = try await store.currentPollFacts(of: lower)
        try expect("poll", facts, is: try await store.currentPollFacts(of: upper))
        try await store.commit(.userRemoved(lower))
        try expect("the user", try await store.knownID(upper), is: nil)
        // Any other id is itself alone.
        try await store.add(UserID("x"), UserID("X"))
        try expect("users", try await store.users().count, is: 3)
    }

    @Sendable private static func keepsContacts(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        var ana = User.new(.ana)
        ana.epoch = 1
        for contacts in [[], [.citra], [.budi, .citra]] as [[UserID]] {
            ana.contacts = contacts
            try await store.commit(.userChanged(ana))
            try expect("contacts", try await store.user(.ana)?.contacts, is: [.budi])
            try expect("contacts", try await store.user(.budi)?.contacts, is: [.ana])
        }
    }

    @Sendable private static func removesAll(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        try await store.add(.citra)
        try await store.commit(.befriended(.ana, .citra))
        try await store.add("ab", from: .ana, to: .budi, at: 1)
        try await store.add("ca", from: .citra, to: .ana, at: 2)
        try await store.add("bc", from: .budi, to: .citra, at: 3)
        try await store.commit(.userRemoved(.ana))
        for round in ["at once", "after a restart"] {
            let found = try await Everything(of: store)
            try expect("users \(round)", Set(found.users.keys), is: [.budi, .citra])
            try expect("messages \(round)", found.messages.keys.map(\.text), is: ["bc"])
            try expect("count \(round)", found.messageCount, is: 1)
            try expect("contacts \(round)", found.users[.budi]?.contacts, is: [])
            try expect("rows \(round)", found.contacts, is: [.budi: [], .citra: []])
            try expect("a history \(round)", try await store.history(.ana, .budi), is: [])
            try expect("a name \(round)", try await store.user(named: "ana"), is: nil)
            try expect(try await !store.areFriends(.budi, .ana), "a friend \(round)")
            let facts = try await store.currentPollFacts(of: .ana)
            try expect("an epoch \(round)", facts.epoch, is: nil)
            store = try await fixture.restart()
        }
        // The id, the name, the messages' ids and their timestamps are free again.
        try await store.add(.ana)
        try await store.commit(.befriended(.budi, .ana))
        let talk = Conversation(.ana, .budi)
        let needs: [Fact] = [.messageID(MessageID("ab")), .lastTimestamp(talk)]
        try await store.commit(reading: needs) { facts in
            try expect(!facts.isUsed(MessageID("ab")), "the id is used")
            try expect("a timestamp", facts.lastTimestamp(in: talk), is: nil)
            return (.messageAdded(StoredMessage("ab", from: .ana, to: .budi, at: 1)), ())
        }
        let history = try await store.history(.ana, .budi)
        try expect("the history", history.map(\.id.text), is: ["ab"])
    }
}
