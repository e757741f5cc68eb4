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
        private static let (ana, budi) = (UserID("ana"), UserID("budi"))

        private static func addFriends(to store: any ChatStore) async throws {
            for id in [ana, budi] {
                let user = User(id: id, username: id.text, password: "")
                try await store.commit(reading: []) { _ in (.userAdded(user), ()) }
            }
            try await store.commit(reading: []) { _ in (.befriended(ana, budi), ()) }
        }

        private static func send(_ id: String, to store: any ChatStore) async throws {
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
