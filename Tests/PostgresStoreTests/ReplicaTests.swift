#if Postgres
    import Encoding
    import EventLoop
    import StoreConformance
    import Storage
    import Synchronization
    import TestSupport
    import Testing

    @testable import PostgresStore

    /// Several processes over one database, here as several stores.
    @Suite struct ReplicaTests {
        static let (ana, budi) = (UserID("ana"), UserID("budi"))

        static func addFriends(to store: any ChatStore) async throws {
            for id in [ana, budi] {
                let user = User(id: id, username: id.text, password: "")
                try await store.commit(reading: []) { _ in (.userAdded(user), ()) }
            }
            try await store.commit(reading: []) { _ in (.befriended(ana, budi), ()) }
        }

        static func send(_ id: String, to store: any ChatStore) async throws {
            let talk = Conversation(ana, budi)
            try await store.commit(reading: [.lastTimestamp(talk)]) { facts in
                let message = StoredMessage(
                    id: MessageID(ByteText(id)), senderId: ana, receiverId: budi,
                    content: "v1:AAAA", timestamp: (facts.lastTimestamp(in: talk) ?? 0) + 1)
                return (.messageAdded(message), ())
            }
        }

        @Test func `a change is in the next read of every replica`() throws {
            try PostgresFixture.run { fixture in
                let one = try await fixture.open()
                let other = try await fixture.start()
                try await Self.addFriends(to: one)
                var revision: UInt64 = 0
                for number in 0..<50 {
                    let (writer, reader) = number % 2 == 0 ? (one, other) : (other, one)
                    try await Self.send("m\(number)", to: writer)
                    let facts = try await reader.currentPollFacts(of: Self.budi)
                    #expect(facts.revision > revision)
                    #expect(try await writer.currentPollFacts(of: Self.budi) == facts)
                    revision = facts.revision
                    let row = try await reader.contacts(of: Self.budi)?.first
                    #expect(row?.receivedCount == number + 1)
                    #expect(row?.changed == revision)
                }
            }
        }

        @Test func `an allowance is one for all replicas, and fills up`() throws {
            try PostgresFixture.run { fixture in
                let one = try #require(try await fixture.open() as? any SharedStore)
                let other: any SharedStore = try await fixture.start()
                let (third, day) = (Duration.seconds(30_000), Duration.seconds(90_000))
                func take(_ store: any SharedStore, _ key: ByteText) async throws -> Duration? {
                    try await store.take(third, of: key, within: day)
                }
                #expect(try await take(one, "a") == nil)
                #expect(try await take(other, "a") == nil)
                #expect(try await take(one, "a") == nil)
                let wait = try #require(try await take(other, "a"))
                #expect(wait <= third && wait > third - .seconds(60))
                #expect(try await take(other, "b") == nil)
            }
        }

        @Test func `polls and announcements are known to every replica`() throws {
            try PostgresFixture.run { fixture in
                let one = try #require(try await fixture.open() as? any SharedStore)
                let other: any SharedStore = try await fixture.start()
                try await Self.addFriends(to: one)
                let (ana, budi) = (Self.ana, Self.budi)
                try await one.notePolls([(ana, .zero), (budi, .zero)])
                #expect(try await !other.hasPolled(budi, within: .seconds(45)))
                let browser = PushSubscription(
                    endpoint: "x", publicKey: "", authentication: "", session: "")
                try await one.commit(reading: []) { _ in (.subscribed(budi, browser), ()) }
                try await one.notePolls([(ana, .zero), (budi, .seconds(40))])
                #expect(try await other.hasPolled(budi, within: .seconds(45)))
                #expect(try await !other.hasPolled(budi, within: .seconds(39)))
                try await Self.send("m1", to: one)
                #expect(try await one.beginAnnouncement(from: ana, to: budi))
                #expect(try await !other.beginAnnouncement(from: ana, to: budi))
                try await other.commit(reading: []) { _ in
                    (.messagesRead(by: budi, with: ana, upTo: 1), ())
                }
                try await Self.send("m2", to: other)
                #expect(try await one.beginAnnouncement(from: ana, to: budi))
                try await other.endAnnouncements([(ana, budi)])
                #expect(try await other.beginAnnouncement(from: ana, to: budi))
            }
        }

        @Test func `two replicas decide in turn`() throws {
            try PostgresFixture.run { fixture in
                let stores = [try await fixture.open(), try await fixture.start()]
                try await Self.addFriends(to: stores[0])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            try await Self.send("m\(number)", to: stores[number % 2])
                        }
                    }
                    try await group.waitForAll()
                }
                let page = try await stores[1].messages(
                    in: Conversation(Self.ana, Self.budi), MessageRange())
                #expect(page.messages.map(\.timestamp) == Array(1...200))
            }
        }

        @Test func `an observer hears of another replica's change`() throws {
            try PostgresFixture.run { fixture in
                let one = try await fixture.open()
                let other = try await fixture.start()
                try await Self.addFriends(to: one)
                let heard = Mutex<Set<UserID>>([])
                other.observeChanges { id in _ = heard.withLock { $0.insert(id) } }
                // Only those who poll wait for a change.
                _ = try await other.currentPollFacts(of: Self.budi)
                try await Self.send("m", to: one)
                let loop = other.loop
                try await loop.eventually { heard.withLock { $0.contains(Self.budi) } }
                #expect(heard.withLock { $0 } == [Self.budi])
            }
        }

        @Test func `a schema that is not known is refused`() throws {
            try PostgresFixture.run { fixture in
                await #expect(throws: StorageFault.self) { try await fixture.start() }
                let store = try await fixture.open()
                let report = try await (store as? PostgresStore)?.migrate()
                #expect(report?.applied == [])
                try await (store as? PostgresStore)?.runAlone([
                    "INSERT INTO migrations (number) VALUES (999)"
                ])
                await #expect(throws: StorageFault.self) { try await fixture.start() }
            }
        }

        @Test func `ids and names hold any byte`() throws {
            try PostgresFixture.run { fixture in
                let store = try await fixture.open()
                let user = User(id: UserID("\u{0}id"), username: "na\u{0}me", password: "")
                try await store.commit(reading: []) { _ in (.userAdded(user), ()) }
                #expect(try await store.user(named: "NA\u{0}ME") == user)
            }
        }
    }
#endif
