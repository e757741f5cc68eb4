import Encoding
import Storage
import Synchronization
import TestSupport

/// The changes of contact lists since a cursor.
enum RowCases {
    static let all = [
        StoreCase("a client that follows cursors knows the whole list", followsCursors),
        StoreCase("a change is told alone, and to those whom it concerns", tellsWhatChanged),
        StoreCase("a friend who went is told until they return", tellsRemovals),
        StoreCase("cursors of nothing and of no change are unknown", refusesCursors),
        StoreCase("a removed account makes the cursors of its friends unknown", forgets),
        StoreCase("a crash makes every cursor unknown", needsCrash: true, losesCursors),
        StoreCase("an observer hears of whom a change concerns", tellsObserver),
        StoreCase("a row says who added whom, and when", saysWhoAdded),
        StoreCase("a row counts and sorts", countsAndSorts),
        StoreCase("the last messages come in the order of their conversations", findsLast),
    ]

    /// The state that a client keeps of a list.
    private struct Reader {
        let user: UserID
        var rows: [UserID: ContactSummary] = [:]
        var cursor: UInt64 = 0

        /// Returns whether the cursor was known.
        mutating func poll(_ store: any ChatStore) async throws -> Bool {
            let answer = try await store.contactChanges(of: user, since: cursor)
            guard case .changes(let changed, let removed)? = answer else {
                (rows, cursor) = ([:], 0)
                return false
            }
            for row in changed { rows[row.id] = row }
            for row in removed { rows[row.id] = nil }
            let newest = (changed.map(\.changed) + removed.map(\.changed)).max() ?? 0
            cursor = max(cursor, newest)
            return true
        }
    }

    @Sendable private static func followsCursors(_ fixture: any StoreFixture) async throws {
        var random = SeededGenerator()
        let seed = random.seed
        var store = try await fixture.open()
        try await store.add(.ana, .budi, .citra)
        var changes = RandomChanges()
        var readers = UserID.everybody.map { Reader(user: $0) }
        for number in 0..<300 {
            let change = changes.next(using: &random)
            do { try await store.commit(change) } catch is StorageFault { continue }
            if case .userRemoved(let id) = change {
                for index in readers.indices where readers[index].user == id {
                    readers[index] = Reader(user: id)
                }
            }
            if number % 60 == 59 { store = try await fixture.restart() }
            for index in readers.indices where Int.random(in: 0..<3, using: &random) == 0 {
                let user = readers[index].user
                guard let all = try await store.contacts(of: user) else { continue }
                if try await !readers[index].poll(store) {
                    // Read whole, the list gives a cursor that is known.
                    try expect(try await readers[index].poll(store), "seed \(seed): twice unknown")
                    try expect(try await readers[index].poll(store), "seed \(seed): a new cursor")
                }
                let known = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
                try expect("seed \(seed), change \(number)", readers[index].rows, is: known)
            }
        }
    }

    private static func changes(
        _ store: any ChatStore, of user: UserID, since cursor: UInt64
    ) async throws -> (rows: [UserID], removed: [UserID])? {
        guard
            case .changes(let rows, let removed)? = try await store.contactChanges(
                of: user, since: cursor)
        else { return nil }
        return (rows.map(\.id), removed.map(\.id))
    }

    private static func cursor(_ store: any ChatStore, of user: UserID) async throws -> UInt64 {
        try await store.contacts(of: user)?.map(\.changed).max() ?? 0
    }

    private static func fill(_ store: any ChatStore) async throws {
        try await store.add(.ana, .budi, .citra, .dewi)
        try await store.commit(.befriended(.ana, .budi, at: 7))
        try await store.commit(.befriended(.ana, .citra, at: 8))
        try await store.add("m1", from: .budi, to: .ana, at: 10)
    }

    @Sendable private static func tellsWhatChanged(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        var (ana, budi) = (try await cursor(store, of: .ana), try await cursor(store, of: .budi))
        try expect("nothing", try await changes(store, of: .ana, since: ana)?.rows, is: [])
        try await store.add("m2", from: .ana, to: .budi, at: 20)
        for round in ["at once", "after a restart"] {
            let rows = try await changes(store, of: .ana, since: ana)?.rows
            try expect("a message \(round)", rows, is: [.budi])
            try expect("of two", try await changes(store, of: .budi, since: budi)?.rows, is: [.ana])
            store = try await fixture.restart()
        }
        (ana, budi) = (try await cursor(store, of: .ana), try await cursor(store, of: .budi))
        try await store.commit(.userChanged(.new(.citra, named: "Citra K")))
        try await store.commit(.befriended(.dewi, .ana, at: 30))
        let rows = try await changes(store, of: .ana, since: ana)?.rows
        try expect("a name and a friend", rows, is: [.citra, .dewi])
        try expect("for others", try await changes(store, of: .budi, since: budi)?.rows, is: [])
        try expect(
            "all", try await changes(store, of: .ana, since: 0)?.rows,
            is: [
                .budi, .citra, .dewi,
            ])
        try expect("nobody", try await store.contactChanges(of: UserID("x"), since: 0), is: nil)
    }

    @Sendable private static func tellsRemovals(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        let before = try await cursor(store, of: .ana)
        try await store.commit(.parted(.budi, .ana))
        for round in ["at once", "after a restart"] {
            let found = try await changes(store, of: .ana, since: before)
            try expect("rows \(round)", found?.rows, is: [])
            try expect("removed \(round)", found?.removed, is: [.budi])
            store = try await fixture.restart()
        }
        try await store.commit(.befriended(.ana, .budi, at: 50))
        let found = try await changes(store, of: .ana, since: before)
        try expect("friends again", found?.rows, is: [.budi])
        try expect("nobody removed", found?.removed, is: [])
        try await store.commit(.blocked(.ana, by: .budi))
        let after = try await changes(store, of: .ana, since: before)
        try expect("a block looks like a removal", after?.removed, is: [.budi])
    }

    @Sendable private static func refusesCursors(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await fill(store)
        let newest = try await store.revision(of: .ana)
        for cursor in [1, newest + 1, newest + 1 << 32, newest - 1 << 32, 1 << 53, .max] {
            let found = try await store.contactChanges(of: .ana, since: cursor)
            try expect("the cursor \(cursor)", found, is: .unknownCursor)
        }
        try expect("the newest", try await changes(store, of: .ana, since: newest)?.rows, is: [])
    }

    @Sendable private static func forgets(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        try await store.commit(.parted(.ana, .citra))
        let cursors = [try await cursor(store, of: .ana), try await store.revision(of: .ana)]
        let other = try await store.revision(of: .dewi)
        try await store.commit(.userRemoved(.citra))
        for round in ["at once", "after a restart"] {
            for cursor in cursors {
                let found = try await store.contactChanges(of: .ana, since: cursor)
                try expect("a cursor of before \(round)", found, is: .unknownCursor)
            }
            let new = try await cursor(store, of: .ana)
            let found = try await changes(store, of: .ana, since: new)
            try expect("nobody removed \(round)", found?.removed, is: [])
            let strangers = try await changes(store, of: .dewi, since: other)
            try expect("a stranger's cursor \(round)", strangers?.rows, is: [])
            store = try await fixture.restart()
        }
    }

    @Sendable private static func losesCursors(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        let cursor = try await cursor(store, of: .ana)
        store = try await fixture.restart()
        try expect("known", try await changes(store, of: .ana, since: cursor)?.rows, is: [])
        store = try await fixture.crash()
        let found = try await store.contactChanges(of: .ana, since: cursor)
        try expect("unknown", found, is: .unknownCursor)
    }

    @Sendable private static func tellsObserver(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await fill(store)
        let heard = Mutex<Set<UserID>>([])
        store.observeChanges { id in _ = heard.withLock { $0.insert(id) } }
        let changes: [(String, Change, Set<UserID>)] = [
            (
                "a message", .messageAdded(StoredMessage("m2", from: .ana, to: .citra, at: 20)),
                [.ana, .citra]
            ),
            ("a name", .userChanged(.new(.budi, named: "Budi S")), [.ana]),
            ("a rewrap", .messageReplaced(MessageID("m1"), from: "v1:AAAA", to: "v2:B"), []),
            ("an end", .parted(.ana, .budi), [.ana, .budi]),
            ("an account that goes", .userRemoved(.budi), [.ana, .budi]),
        ]
        for (what, change, expected) in changes {
            try await store.commit(change)
            let found = heard.withLock { heard in
                defer { heard = [] }
                return heard
            }
            try expect(what, found, is: expected)
        }
    }

    @Sendable private static func saysWhoAdded(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        try await store.commit(.befriended(.dewi, .ana))
        for round in ["at once", "after a restart"] {
            for (user, friend) in [(UserID.ana, UserID.budi), (.budi, .ana)] {
                let row = try await store.contacts(of: user)?.first { $0.id == friend }
                try expect("by whom \(round)", row?.addedBy, is: .ana)
                try expect("when \(round)", row?.addedAt, is: 7)
            }
            let row = try await store.contacts(of: .dewi)?.first
            try expect("unknown \(round)", row?.addedBy, is: nil)
            try expect("unknown \(round)", row?.addedAt, is: nil)
            store = try await fixture.restart()
        }
        try await store.commit(.parted(.ana, .budi))
        try await store.commit(.befriended(.budi, .ana, at: 99))
        let row = try await store.contacts(of: .ana)?.first
        try expect("the other way", row?.addedBy, is: .budi)
        try expect("later", row?.addedAt, is: 99)
    }

    @Sendable private static func countsAndSorts(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        try await store.add("m2", from: .ana, to: .budi, at: 20)
        try await store.add("m3", from: .budi, to: .ana, at: 30)
        try await store.commit(.befriended(.dewi, .ana, at: 40))
        for round in ["at once", "after a restart"] {
            let rows = try await store.contacts(of: .ana) ?? []
            try expect("rows \(round)", rows.map(\.id), is: [.budi, .citra, .dewi])
            try expect("sent \(round)", rows.map(\.sentCount), is: [1, 0, 0])
            try expect("received \(round)", rows.map(\.receivedCount), is: [2, 0, 0])
            let latest = rows.sorted { $0.order > $1.order }.map(\.id)
            try expect("by order \(round)", latest, is: [.dewi, .budi, .citra])
            try expect(
                rows.allSatisfy { $0.changed >= 1 << 32 && $0.changed < 1 << 53 },
                "changes \(round)")
            store = try await fixture.restart()
        }
    }

    @Sendable private static func findsLast(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await fill(store)
        try await store.commit(.befriended(.ana, .dewi, at: 9))
        try await store.add("m2", from: .ana, to: .dewi, at: 20)
        try await store.add("m3", from: .ana, to: .budi, at: 30)
        let friends = [UserID.dewi, .citra, .budi]
        let talks = friends.map { Conversation(.ana, $0) }
        let last = try await store.lastMessages(in: talks, bytesMax: .max)
        try expect("the messages", last.messages.map(\.id.text), is: ["m2", "m3"])
        try expect(!last.isCut, "it is cut")
        let first = try await store.lastMessages(in: talks, bytesMax: 1)
        try expect("the first alone", first.messages.map(\.id.text), is: ["m2"])
        try expect(first.isCut, "it is not cut")
    }
}
