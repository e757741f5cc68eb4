import Encoding
import Storage

/// Read markers, and the counts of unread messages.
enum MarkerCases {
    static let all = [
        StoreCase("a marker moves to a message and alters both rows", movesForward),
        StoreCase("a marker moves neither back nor to where no message is", refusesMoves),
        StoreCase("received messages after the marker are unread, without tombstones", counts),
        StoreCase("markers of two directions and of other conversations are apart", keepsApart),
        StoreCase("a marker outlives the end of a friendship, and no account", outlivesFriendship),
        StoreCase("of many markers at once the farthest stays", keepsFarthest),
        StoreCase("markers beside sends and deletions leave right counts", racesWithMessages),
        StoreCase("a marker beside an account that goes leaves nothing", racesWithRemoval),
        StoreCase("a crash moves no marker forward", needsCrash: true, survivesCrash),
    ]

    private static let talk = Conversation(.ana, .budi)

    private static func row(
        _ store: any ChatStore, of user: UserID, _ friend: UserID
    ) async throws -> ContactSummary {
        try require(
            try await store.contacts(of: user)?.first { $0.id == friend },
            "\(user) has no row of \(friend)")
    }

    /// Ana and Budi with three messages of Ana's and one of Budi's, at 10, 20, 30 and 40.
    private static func fill(_ store: any ChatStore) async throws {
        try await store.addFriends()
        for (number, sender) in [UserID.ana, .ana, .budi, .ana].enumerated() {
            try await store.add(
                "m\(number + 1)", from: sender, to: sender == .ana ? .budi : .ana,
                at: Int64(number + 1) * 10)
        }
    }

    @Sendable private static func movesForward(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        let before = (try await row(store, of: .ana, .budi), try await row(store, of: .budi, .ana))
        try expect("nothing read", before.1.readUpTo, is: 0)
        let history = try await store.revision(of: .budi, in: talk)
        try await store.commit(.messagesRead(by: .budi, with: .ana, upTo: 20))
        let (ana, budi) = (try await store.revision(of: .ana), try await store.revision(of: .budi))
        for round in ["at once", "after a restart"] {
            let (sender, reader) = (
                try await row(store, of: .ana, .budi), try await row(store, of: .budi, .ana)
            )
            try expect("read \(round)", reader.readUpTo, is: 20)
            try expect("told the friend \(round)", sender.friendReadUpTo, is: 20)
            try expect("unread \(round)", reader.unreadCount, is: 1)
            try expect("the friend has read \(round)", sender.readUpTo, is: 0)
            try expect(sender.changed > before.0.changed, "the friend's row \(round)")
            try expect(reader.changed > before.1.changed, "the reader's row \(round)")
            try expect("one change \(round)", sender.changed, is: reader.changed)
            try expect("the order \(round)", reader.order, is: before.1.order)
            try expect("Ana's list \(round)", try await store.revision(of: .ana), is: ana)
            try expect("Budi's list \(round)", try await store.revision(of: .budi), is: budi)
            try expect(
                "the history \(round)", try await store.revision(of: .budi, in: talk), is: history)
            store = try await fixture.restart()
        }
        let changes = try await store.contactChanges(of: .ana, since: before.0.changed)
        if case .changes(let rows, _)? = changes {
            try expect("the row since", rows.map(\.id), is: [.budi])
        } else {
            try expect(false, "the cursor is unknown")
        }
    }

    @Sendable private static func refusesMoves(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await fill(store)
        try await store.commit(.messagesRead(by: .budi, with: .ana, upTo: 20))
        let before = try await Everything(of: store)
        for time in [Int64.min, 0, 10, 15, 20, 25, 41, .max] {
            try await expectFault("to \(time)", where: \.isRefusal) {
                try await store.commit(.messagesRead(by: .budi, with: .ana, upTo: time))
            }
        }
        try await expectFault("with nobody", where: \.isRefusal) {
            try await store.commit(.messagesRead(by: .budi, with: .citra, upTo: 10))
        }
        try expect("all", try await Everything(of: store), is: before)
        let needs: [Fact] = [
            .readUpTo(by: .budi, with: .ana), .readUpTo(by: .ana, with: .citra),
            .timestamp(of: talk, upTo: 9), .timestamp(of: talk, upTo: 10),
            .timestamp(of: talk, upTo: 39), .timestamp(of: talk, upTo: .max),
        ]
        try await store.commit(reading: needs) { facts in
            try expect("read", facts.readUpTo(by: .budi, with: .ana), is: 20)
            try expect("read nothing", facts.readUpTo(by: .ana, with: .citra), is: 0)
            let times = [9, 10, 39, .max].map { facts.timestamp(of: talk, upTo: $0) }
            try expect("messages", times, is: [nil, 10, 30, 40])
            return (nil, ())
        }
    }

    @Sendable private static func counts(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        try expect("received", try await row(store, of: .budi, .ana).unreadCount, is: 3)
        try await store.commit(.messagesRead(by: .budi, with: .ana, upTo: 10))
        try await store.delete("m2", at: 50)
        try await store.delete("m1", at: 60)
        try await store.add("m5", from: .ana, to: .budi, at: 70)
        for round in ["at once", "after a restart"] {
            let (budi, ana) = (
                try await row(store, of: .budi, .ana), try await row(store, of: .ana, .budi)
            )
            try expect("unread \(round)", budi.unreadCount, is: 2)
            try expect("received \(round)", budi.receivedCount, is: 4)
            try expect("of the other \(round)", ana.unreadCount, is: 1)
            store = try await fixture.restart()
        }
        // A tombstone has a timestamp too, and so has a message of one's own.
        try await store.commit(.messagesRead(by: .budi, with: .ana, upTo: 20))
        try expect("still unread", try await row(store, of: .budi, .ana).unreadCount, is: 2)
        try await store.commit(.messagesRead(by: .budi, with: .ana, upTo: 70))
        try expect("all read", try await row(store, of: .budi, .ana).unreadCount, is: 0)
        try await store.delete("m5", at: 80)
        try expect("nothing unread", try await row(store, of: .budi, .ana).unreadCount, is: 0)
    }

    @Sendable private static func keepsApart(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await fill(store)
        try await store.add(.citra)
        try await store.commit(.befriended(.citra, .budi))
        try await store.add("c1", from: .citra, to: .budi, at: 10)
        try await store.commit(.messagesRead(by: .ana, with: .budi, upTo: 30))
        try await store.commit(.messagesRead(by: .budi, with: .ana, upTo: 40))
        let citra = try await row(store, of: .budi, .citra)
        try expect("Citra's", citra.unreadCount, is: 1)
        try expect("read of hers", citra.readUpTo, is: 0)
        let ana = try await row(store, of: .ana, .budi)
        try expect("one way", ana.readUpTo, is: 30)
        try expect("the other", ana.friendReadUpTo, is: 40)
    }

    @Sendable private static func outlivesFriendship(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        try await store.commit(.messagesRead(by: .budi, with: .ana, upTo: 20))
        try await store.commit(.blocked(.ana, by: .budi))
        store = try await fixture.restart()
        try await store.commit(.befriended(.budi, .ana))
        let again = try await row(store, of: .budi, .ana)
        try expect("friends again", again.readUpTo, is: 20)
        try expect("unread", again.unreadCount, is: 1)
        try await store.commit(.userRemoved(.ana))
        try await store.commit(.userAdded(.new(.ana)))
        try await store.commit(.befriended(.budi, .ana))
        let another = try await row(store, of: .budi, .ana)
        try expect("another account", another.readUpTo, is: 0)
        try expect("its messages", another.unreadCount, is: 0)
    }

    /// Moves a marker as far as the facts allow. Returns whether it has moved.
    private static func read(
        _ store: any ChatStore, by reader: UserID, with other: UserID, upTo time: Int64
    ) async throws -> Bool {
        let talk = Conversation(reader, other)
        let needs: [Fact] = [
            .userID(other), .readUpTo(by: reader, with: other), .timestamp(of: talk, upTo: time),
        ]
        return try await store.commit(reading: needs) { facts in
            guard facts.hasUser(other), let newest = facts.timestamp(of: talk, upTo: time),
                newest > facts.readUpTo(by: reader, with: other)
            else { return (nil, false) }
            return (.messagesRead(by: reader, with: other, upTo: newest), true)
        }
    }

    @Sendable private static func keepsFarthest(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        for number in 1...20 {
            try await store.add("m\(number)", from: .ana, to: .budi, at: Int64(number))
        }
        let running = store
        let moved = try await atOnce(20) { number in
            try await read(running, by: .budi, with: .ana, upTo: Int64((number * 7) % 20 + 1))
        }.winners()
        try expect(moved > 0, "nothing moved")
        for round in ["at once", "after a restart"] {
            let budi = try await row(store, of: .budi, .ana)
            try expect("read \(round)", budi.readUpTo, is: 20)
            try expect("unread \(round)", budi.unreadCount, is: 0)
            store = try await fixture.restart()
        }
    }

    @Sendable private static func racesWithMessages(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.addFriends()
        let running = store
        let outcomes = await atOnce(60) { number in
            switch number % 3 {
            case 0:
                try await running.commit(reading: [.lastTimestamp(talk)]) { facts in
                    let time = (facts.lastTimestamp(in: talk) ?? 0) + 1
                    let message = StoredMessage(
                        "m\(number)", from: .ana, to: .budi, at: time)
                    return (.messageAdded(message), ())
                }
            case 1: _ = try await read(running, by: .budi, with: .ana, upTo: .max)
            default:
                let id = MessageID("m\(number / 2 / 3 * 3)")
                try await running.commit(reading: [.message(id), .lastTimestamp(talk)]) { facts in
                    guard let message = facts.message(id), !message.isDeleted else {
                        return (nil, ())
                    }
                    let time = (facts.lastTimestamp(in: talk) ?? 0) + 1
                    return (.messageDeleted(message.tombstone(at: time)), ())
                }
            }
        }
        for outcome in outcomes { _ = try outcome.get() }
        for round in ["at once", "after a restart"] {
            let budi = try await row(store, of: .budi, .ana)
            let unread = try await store.history(.ana, .budi).count {
                !$0.isDeleted && $0.timestamp > budi.readUpTo
            }
            try expect("unread \(round)", budi.unreadCount, is: unread)
            store = try await fixture.restart()
        }
    }

    @Sendable private static func racesWithRemoval(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        let running = store
        let outcomes = await atOnce(10) { number in
            if number == 4 {
                try await running.commit(.userRemoved(.ana))
            } else {
                _ = try await read(running, by: .budi, with: .ana, upTo: Int64(number + 1) * 10)
            }
        }
        for outcome in outcomes { _ = try outcome.get() }
        for round in ["at once", "after a restart"] {
            try expect("rows \(round)", try await store.contacts(of: .budi), is: [])
            store = try await fixture.restart()
        }
    }

    @Sendable private static func survivesCrash(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        try await store.commit(.messagesRead(by: .budi, with: .ana, upTo: 20))
        // A durable change takes the markers before it along.
        try await store.add("m5", from: .ana, to: .budi, at: 50)
        try await store.commit(.messagesRead(by: .budi, with: .ana, upTo: 50))
        store = try await fixture.crash()
        let budi = try await row(store, of: .budi, .ana)
        try expect([20, 50].contains(budi.readUpTo), "it is at \(budi.readUpTo)")
        try expect("unread", budi.unreadCount, is: budi.readUpTo == 20 ? 2 : 0)
        let ana = try await row(store, of: .ana, .budi)
        try expect("told the friend", ana.friendReadUpTo, is: budi.readUpTo)
    }
}
