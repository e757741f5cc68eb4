import Encoding
import Storage

/// Decisions at once on the same facts: each is judged against what those before it have made.
enum ConcurrencyCases {
    static let all = [
        StoreCase("of twenty who take one name at once one gets it", givesNameOnce),
        StoreCase("of twenty who use one message id at once one does", usesIDOnce),
        StoreCase("of twenty with the last invitation one comes in", usesInvitationOnce),
        StoreCase("two who add each other at once are friends once", befriendsOnce),
        StoreCase("two who add and block each other at once end as one or the other", parts),
        StoreCase("facts are those before a change on its way or those after it", areOfOneMoment),
        StoreCase("a key version that twenty meet at once is noted once", notesKeyOnce),
        StoreCase("no more messages are taken than a decision allows", countsMessages),
        StoreCase("a hundred messages at once have increasing timestamps", timesMessages),
        StoreCase("of twenty who replace a message each sees the one before", replacesInTurn),
        StoreCase("a message of a user who goes meanwhile is replaced by nobody", losesMessages),
        StoreCase("of two similar names the one that stays is found", findsOtherName),
    ]

    private static let many = 20

    @Sendable private static func givesNameOnce(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        let spellings: [ByteText] = ["Budi", "budi", "BUDI"]
        let won = try await atOnce(many) { number in
            let user = User.new(UserID("u\(number)"), named: spellings[number % 3])
            let needs: [Fact] = [.name(user.username), .userID(user.id)]
            return try await store.commit(reading: needs) { facts in
                if facts.hasUser(user.id) || facts.user(named: user.username) != nil {
                    return (nil, false)
                }
                return (.userAdded(user), true)
            }
        }.winners()
        try expect("winners", won, is: 1)
        try expect("users", try await store.users().count, is: 1)
        try expect(try await store.user(named: "bUDI") != nil, "nobody has the name")
    }

    /// Each commit declares a present and an absent message. A store may wait for the first while
    /// another commit adds the second.
    @Sendable private static func usesIDOnce(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add("old", from: .ana, to: .budi, at: 1)
        let (new, old) = (MessageID("new"), MessageID("old"))
        for needs in [[.message(new)], [.message(new), .message(old)]] as [[Fact]] {
            let talk = Conversation(.ana, .budi)
            let outcomes = await atOnce(many) { number in
                let wanted = StoredMessage(
                    "new", from: .ana, to: .budi, at: Int64(number) + 2,
                    content: "v1:\(number)")
                let needs = needs + [.lastTimestamp(talk)]
                return try await store.commit(reading: needs) { facts in
                    if let known = facts.message(new) { return (nil, known) }
                    return (.messageAdded(wanted), wanted)
                }
            }
            let kept = try await store.message(new)
            for outcome in outcomes {
                try expect("what each was told", try outcome.get(), is: kept)
            }
            try await store.commit(.userRemoved(.ana))
            try await store.add(.ana)
            try await store.add("old", from: .ana, to: .budi, at: 1)
        }
    }

    @Sendable private static func usesInvitationOnce(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.commit(.invitesAdded([Invite(digest: "0a", expiresAt: 7)]))
        let won = try await atOnce(many) { number in
            let user = User.new(UserID("u\(number)"))
            return try await store.commit(reading: [.invite("0a"), .invites]) { facts in
                guard facts.invite("0a") != nil else {
                    try expect("invitations", facts.invites, is: [])
                    return (nil, false)
                }
                return (.userInvited(user, by: "0a"), true)
            }
        }.winners()
        try expect("winners", won, is: 1)
        try expect("users", try await store.users().count, is: 1)
        try expect("invitations", try await store.invites(), is: [])
    }

    @Sendable private static func befriendsOnce(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.add(.ana, .budi)
        let won = try await atOnce(many) { number in
            let (one, other) = number % 2 == 0 ? (UserID.ana, UserID.budi) : (.budi, .ana)
            return try await store.commit(reading: [.contact(of: one, other)]) { facts in
                facts.areFriends(one, other) ? (nil, false) : (.befriended(one, other), true)
            }
        }.winners()
        try expect("winners", won, is: 1)
        try expect("contacts", try await store.user(.ana)?.contacts, is: [.budi])
        try expect("contacts", try await store.user(.budi)?.contacts, is: [.ana])
    }

    @Sendable private static func parts(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.add(.ana, .budi)
        let needs: [Fact] = [
            .contact(of: .ana, .budi), .blocked(.ana, by: .budi), .blocked(.budi, by: .ana),
        ]
        let outcomes = await atOnce(many) { number in
            try await store.commit(reading: needs) { facts in
                let areFriends = facts.areFriends(.ana, .budi)
                let isBlocked = facts.isBlocked(.ana, by: .budi)
                try expect(!areFriends || !isBlocked, "a friend who is blocked")
                switch number % 3 {
                case 0: return (areFriends || isBlocked ? nil : .befriended(.ana, .budi), ())
                case 1: return (isBlocked ? nil : .blocked(.ana, by: .budi), ())
                default: return (isBlocked ? .unblocked(.ana, by: .budi) : nil, ())
                }
            }
        }
        for outcome in outcomes { try outcome.get() }
        let budi = try require(try await store.user(.budi), "there is no Budi")
        try expect(budi.contacts.isEmpty || budi.blocked.isEmpty, "a friend who is blocked")
    }

    @Sendable private static func areOfOneMoment(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add(.citra)
        var renamed = User.new(.citra, named: "Citra2")
        renamed.epoch = 7
        let changes: [Change] = [
            .blocked(.citra, by: .ana), .unblocked(.citra, by: .ana),
            .befriended(.ana, .citra), .parted(.ana, .citra), .befriended(.citra, .ana),
            .blocked(.citra, by: .ana), .unblocked(.citra, by: .ana),
            .blocked(.ana, by: .citra), .userChanged(renamed), .userRemoved(.citra),
        ]
        for change in changes {
            let before = try await shown(by: store)
            let outcomes = await atOnce(many) { number in
                if number > 0 { return try await shown(by: store) }
                try await store.commit(change)
                return []
            }
            let after = try await shown(by: store)
            try expect("durable", try await store.user(.citra), is: after[0])
            for outcome in outcomes.dropFirst() {
                let found = try outcome.get()
                try expect(
                    found == before || found == after,
                    "\(change): \(found) is neither \(before) nor \(after)")
            }
        }
    }

    private static func shown(by store: any ChatStore) async throws -> [User?] {
        let needs: [Fact] = [
            .user(.citra), .user(.ana), .name("citra"), .name("citra2"), .userID(.citra),
            .contact(of: .ana, .citra), .contact(of: .citra, .ana), .blocked(.citra, by: .ana),
        ]
        return try await store.commit(reading: needs) { facts in
            let (citra, ana) = (facts.user(.citra), facts.user(.ana))
            try expect("the id", facts.hasUser(.citra), is: citra != nil)
            let areFriends = ana?.contacts.contains(.citra)
            try expect("a contact", facts.areFriends(.ana, .citra), is: areFriends ?? false)
            try expect("the other way", facts.areFriends(.citra, .ana), is: areFriends ?? false)
            let isBlocked = ana?.blocked.contains(.citra) ?? false
            try expect("a block", facts.isBlocked(.citra, by: .ana), is: isBlocked)
            return (nil, [citra, ana, facts.user(named: "citra"), facts.user(named: "citra2")])
        }
    }

    @Sendable private static func notesKeyOnce(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        let outcomes = await atOnce(many) { number in
            try await store.commit(reading: [.keys]) { facts in
                if let known = facts.knownKeys[1] { return (nil, known) }
                let fingerprint: ByteText = "f\(number)"
                return (.keySeen(version: 1, fingerprint: fingerprint), fingerprint)
            }
        }
        let kept = try await store.knownKeys[1]
        for outcome in outcomes { try expect("a key", try outcome.get(), is: kept) }
    }

    @Sendable private static func countsMessages(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        let talk = Conversation(.ana, .budi)
        let won = try await atOnce(many) { number in
            let needs: [Fact] = [.messageCount, .lastTimestamp(talk)]
            return try await store.commit(reading: needs) { facts in
                if facts.messageCount >= 7 { return (nil, false) }
                let time = (facts.lastTimestamp(in: talk) ?? 0) + 1
                return (
                    .messageAdded(StoredMessage("m\(number)", from: .ana, to: .budi, at: time)),
                    true
                )
            }
        }.winners()
        try expect("messages that were taken", won, is: 7)
        try expect("messages", try await store.messageCount, is: 7)
    }

    @Sendable private static func timesMessages(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        let talk = Conversation(.ana, .budi)
        let times = await atOnce(100) { number in
            let (sender, receiver) = number % 2 == 0 ? (UserID.ana, UserID.budi) : (.budi, .ana)
            let needs: [Fact] = [.lastTimestamp(talk), .newestTimestamp]
            return try await store.commit(reading: needs) { facts in
                let last = facts.lastTimestamp(in: talk)
                try expect("the newest timestamp", facts.newestTimestamp, is: last ?? 0)
                let time = (last ?? 999) + 1
                return (
                    .messageAdded(
                        StoredMessage("m\(number)", from: sender, to: receiver, at: time)),
                    time
                )
            }
        }
        let answered = try times.map { try $0.get() }.sorted()
        try expect("timestamps", answered, is: Array(1000..<1100))
        let history = try await store.history(.ana, .budi)
        try expect("the history", history.map(\.timestamp), is: Array(1000..<1100))
    }

    @Sendable private static func replacesInTurn(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add("m", from: .ana, to: .budi, at: 1, content: "v1:0")
        let id = MessageID("m")
        let outcomes = await atOnce(many) { _ in
            try await store.commit(reading: [.message(id)]) { facts in
                let content = try require(facts.message(id), "the message is gone").content
                let count = Int(content.droppingFirst(3).string) ?? -1
                return (.messageReplaced(id, from: content, to: "v1:\(count + 1)"), ())
            }
        }
        for outcome in outcomes { try outcome.get() }
        try expect("the content", try await store.message(id)?.content, is: "v1:\(many)")
    }

    @Sendable private static func losesMessages(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        let id = MessageID("m")
        try await store.add("m", from: .ana, to: .budi, at: 1)
        let outcomes = await atOnce(many) { number in
            if number == many / 2 {
                try await store.commit(.userRemoved(.ana))
                return
            }
            try await store.commit(reading: [.message(id)]) { facts in
                guard let message = facts.message(id) else { return (nil, ()) }
                return (.messageReplaced(id, from: message.content, to: "v2:\(number)"), ())
            }
            let found = try await store.message(id)
            try expect(found == nil || found?.content != "v1:AAAA", "it is as it was")
        }
        for outcome in outcomes { try outcome.get() }
        try expect("the message", try await store.message(id), is: nil)
        try await expectFault("a message that is gone", where: { $0 == .stale }) {
            try await store.commit(.messageReplaced(id, from: "v1:AAAA", to: "v2:B"))
        }
    }

    @Sendable private static func findsOtherName(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.commit(.userAdded(.new(.ana, named: "Sri")))
        try await store.commit(.userAdded(.new(.budi, named: "SRI")))
        let outcomes = await atOnce(many) { number in
            if number == 0 {
                try await store.commit(.userChanged(.new(.ana, named: "Tuti")))
                return true
            }
            return try await store.commit(reading: [.name("sri")]) { facts in
                (nil, facts.user(named: "sri") != nil)
            }
        }
        try expect("those who found the name", try outcomes.winners(), is: many)
    }
}
