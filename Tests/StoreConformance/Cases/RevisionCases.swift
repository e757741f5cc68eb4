import Encoding
import Storage
import TestSupport

/// Revisions: when they move, and that they never come back.
enum RevisionCases {
    static let all = [
        StoreCase("a change moves the revisions of what it alters alone", movesWhatChanged),
        StoreCase(
            "whatever a contact list or a history becomes, its revision is new", neverRepeats),
        StoreCase("revisions grow with every change and stay below 2^53", grow),
        StoreCase("revisions stay as they are over orderly restarts", stayOverRestarts),
        StoreCase(
            "a start after a crash begins another incarnation", needsCrash: true, beginAnew),
        StoreCase("facts of a poll from memory are those that are loaded", loadTheSame),
    ]

    private static let talk = Conversation(.ana, .budi)
    /// A revision is its incarnation times this, and a number below it.
    private static let incarnationSize: UInt64 = 1 << 32

    @Sendable private static func movesWhatChanged(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.add(.ana, .budi, .citra)
        let both: Set<Revisions.Subject> = [.user(.ana), .user(.budi)]
        var budi = User.new(.budi)
        budi.epoch = 1
        budi.password = "$2b$10$another"
        var renamed = budi
        renamed.username = "Budi2"
        let changes: [(String, Change, Set<Revisions.Subject>)] = [
            ("a new user", .userAdded(.new(.dewi)), [.user(.dewi)]),
            ("new friends", .befriended(.ana, .budi), both),
            (
                "a message", .messageAdded(StoredMessage("m1", from: .ana, to: .budi, at: 1)),
                both.union([.conversation(talk)])
            ),
            (
                "an answer", .messageAdded(StoredMessage("m2", from: .budi, to: .ana, at: 2)),
                both.union([.conversation(talk)])
            ),
            (
                "a deletion",
                .messageDeleted(
                    StoredMessage("m2", from: .budi, to: .ana, at: 2).tombstone(at: 3)),
                both.union([.conversation(talk)])
            ),
            ("a rewrap", .messageReplaced(MessageID("m1"), from: "v1:AAAA", to: "v2:B"), []),
            ("a new password", .userChanged(budi), []),
            ("a new name", .userChanged(renamed), [.user(.ana)]),
            ("a key", .keySeen(version: 1, fingerprint: "aa"), []),
            ("a lost key", .keyForgotten(version: 1), []),
            ("an invitation", .invitesAdded([Invite(digest: "0a", expiresAt: 1)]), []),
            ("an unused invitation", .invitesRemoved(["0a"]), []),
            ("a block of a stranger", .blocked(.citra, by: .ana), []),
            ("the end of a block", .unblocked(.citra, by: .ana), []),
            ("a subscription", .subscribed(.ana, .sample("https://push.example/1")), []),
            (
                "the end of a subscription",
                .unsubscribed(.ana, endpoints: ["https://push.example/1"]), []
            ),
            ("the end of a friendship", .parted(.budi, .ana), both),
            ("friends again", .befriended(.budi, .ana), both),
            ("a block of a friend", .blocked(.budi, by: .ana), both),
            ("the end of that block", .unblocked(.budi, by: .ana), []),
            ("friends once more", .befriended(.budi, .ana), both),
            ("a removed user", .userRemoved(.budi), both.union([.conversation(talk)])),
        ]
        for (what, change, expected) in changes {
            let before = try await Revisions(of: store)
            try await store.commit(change)
            let moved = try await Revisions(of: store).moved(since: before)
            try expect("what \(what) moves", moved, is: expected)
        }
    }

    /// The answer that a revision identifies.
    private struct Answer: Equatable {
        var contacts: [ContactSummary]?
        var messages: [MessageID] = []
        var deletions: [Int64?] = []
    }

    @Sendable private static func neverRepeats(_ fixture: any StoreFixture) async throws {
        var random = SeededGenerator()
        let seed = random.seed
        var store = try await fixture.open()
        var changes = RandomChanges()
        var answers: [Revisions.Subject: [UInt64: Answer]] = [:]
        for number in 0..<150 {
            let change = changes.next(using: &random)
            // Whether it fits is another case's concern.
            do { try await store.commit(change) } catch is StorageFault {}
            if number % 50 == 49 { store = try await fixture.restart() }
            let found = try await Everything(of: store)
            for (subject, revision) in try await Revisions(of: store).values {
                var answer = Answer()
                switch subject {
                case .user(let id): answer.contacts = found.contacts[id]
                case .conversation(let talk):
                    answer.messages = (found.histories[talk] ?? []).map(\.id)
                    answer.deletions = (found.histories[talk] ?? []).map(\.deletedAt)
                }
                let before = answers[subject, default: [:]].updateValue(answer, forKey: revision)
                try expect(
                    before == nil || before == answer,
                    "seed \(seed), change \(number): \(subject) at \(revision) was "
                        + "\(String(describing: before)) and is \(answer)")
            }
        }
    }

    @Sendable private static func grow(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        var last: [UInt64] = [0, 0, 0]
        for time in 1...20 as ClosedRange<Int64> {
            try await store.add("m\(time)", from: .ana, to: .budi, at: time)
            let revisions = [
                try await store.revision(of: .ana), try await store.revision(of: .budi),
                try await store.revision(of: .ana, in: talk),
            ]
            try expect(zip(revisions, last).allSatisfy(>), "\(last) became \(revisions)")
            try expect(revisions.allSatisfy { $0 < 1 << 53 }, "\(revisions)")
            try expect(revisions.allSatisfy { $0 >= incarnationSize }, "\(revisions)")
            last = revisions
        }
        let other = try await store.revision(of: .budi, in: Conversation(.budi, .ana))
        try expect("for either of two", other, is: last[2])
    }

    private static func fill(_ store: any ChatStore) async throws {
        try await store.addFriends()
        try await store.add(.citra)
        try await store.commit(.befriended(.citra, .ana))
        try await store.add("m1", from: .ana, to: .budi, at: 1)
        try await store.add("m2", from: .budi, to: .ana, at: 2)
        try await store.commit(.messageReplaced(MessageID("m1"), from: "v1:AAAA", to: "v2:B"))
    }

    @Sendable private static func stayOverRestarts(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        var before = try await Revisions(of: store)
        for round in 0..<3 {
            store = try await fixture.restart()
            try expect("restart \(round)", try await Revisions(of: store), is: before)
            if round == 1 {
                try await store.add("m3", from: .citra, to: .ana, at: 3)
                let after = try await Revisions(of: store)
                let newest = try require(before.values.values.max(), "there is no revision")
                for subject in after.moved(since: before) {
                    let revision = after.values[subject] ?? 0
                    try expect(revision > newest, "\(subject): \(revision) after \(newest)")
                }
                before = after
            }
        }
    }

    @Sendable private static func beginAnew(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await fill(store)
        var met: Set<UInt64> = []
        for round in 0..<3 {
            let values = try await Revisions(of: store).values.values
            let incarnations = Set(values.map { $0 / incarnationSize })
            try expect("incarnations of start \(round)", incarnations.count, is: 1)
            try expect(met.isDisjoint(with: incarnations), "start \(round) has one from before")
            met.formUnion(incarnations)
            // An orderly restart between two crashes does not hide the second.
            if round == 1 { store = try await fixture.restart() }
            store = try await fixture.crash()
        }
    }

    @Sendable private static func loadTheSame(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await fill(store)
        for user in UserID.everybody {
            for conversation in [nil, talk, Conversation(.ana, .dewi)] {
                let loaded = try await store.loadPollFacts(of: user, in: conversation)
                if let facts = store.pollFacts(of: user, in: conversation) {
                    try expect("facts of \(user)", facts, is: loaded)
                }
                try expect("the newest", loaded.newestTimestamp, is: 2)
                try expect("an epoch", loaded.epoch, is: user == .dewi ? nil : 0)
            }
        }
    }
}
