#if Postgres
    import EventLoop
    import StoreConformance
    import Storage
    import Synchronization
    import TestSupport
    import Testing

    @testable import PostgresStore

    /// Upgrades: processes of a version go on while a later one expands the schema.
    @Suite struct MigrationTests {
        /// Steps that do to every table what a later version may do: a column that may be NULL,
        /// and an index. The last one makes a table.
        private static func expansion(of store: PostgresStore) async throws -> [Migration] {
            let tables = try await store.tables()
            #expect(tables.count > 10)
            let steps = tables.map { table in
                [
                    "ALTER TABLE \(table) ADD COLUMN later bytea",
                    "CREATE INDEX \(table)_later ON \(table) (later)",
                ]
            }
            return (steps + [["CREATE TABLE later (id bigint PRIMARY KEY)"]]).enumerated().map {
                Migration(number: Int64(1_000 + $0), statements: $1)
            }
        }

        @Test func `a running store goes on while a later version expands the schema`() throws {
            try PostgresFixture.run { fixture in
                let store = try #require(try await fixture.open() as? PostgresStore)
                try await ReplicaTests.addFriends(to: store)
                let steps = try await Self.expansion(of: store)
                async let report = store.migrate(by: Migration.all + steps)
                for number in 1...100 { try await Self.sendAndRead(number, in: store) }
                #expect(try await report.applied == steps.map { Int($0.number) })
                for number in 101...110 { try await Self.sendAndRead(number, in: store) }
                // The older version goes on, and is not started anew.
                await #expect(throws: StorageFault.self) { try await fixture.start() }
            }
        }

        private static func sendAndRead(_ number: Int, in store: PostgresStore) async throws {
            try await ReplicaTests.send("m\(number)", to: store)
            let talk = Conversation(ReplicaTests.ana, ReplicaTests.budi)
            let range = MessageRange(limit: 1, keepsNewest: true)
            let page = try await store.messages(in: talk, range)
            #expect(page.messages.map(\.timestamp) == [Int64(number)])
            let row = try await store.contacts(of: ReplicaTests.budi)?.first
            #expect(row?.receivedCount == number)
        }

        @Test func `a step gives way to requests while somebody reads a table for long`() throws {
            try PostgresFixture.run { fixture in
                let store = try #require(try await fixture.open() as? PostgresStore)
                try await ReplicaTests.addFriends(to: store)
                let reader = try await store.connector.connect()
                defer { reader.close() }
                _ = try await reader.run(
                    [.beginReading] + PostgresStore.allowTime + [PostgresStore.messages(after: 0)],
                    until: .current() + .seconds(10))
                let step = Migration(
                    number: 1_000, statements: ["ALTER TABLE messages ADD COLUMN later bytea"])
                async let report = store.migrate(by: Migration.all + [step])
                // Longer than any wait for a lock.
                let end = store.loop.now + .seconds(6)
                var number = 0
                while store.loop.now < end {
                    number += 1
                    try await Self.sendAndRead(number, in: store)
                    try await store.loop.sleep(for: .milliseconds(10))
                }
                _ = try await reader.run([.commit], until: .current() + .seconds(10))
                #expect(try await report.applied == [1_000])
                try await Self.sendAndRead(number + 1, in: store)
            }
        }

        @Test func `a start waits a moment for a server that is being replaced`() throws {
            try PostgresFixture.run { fixture in
                let store = try #require(try await fixture.open() as? PostgresStore)
                let inner = await store.connector
                let failures = Mutex(4)
                let late = PostgresStore(
                    Connector { () async throws(DatabaseFault) in
                        let fails = failures.withLock { left in
                            left -= 1
                            return left >= 0
                        }
                        if fails { throw .lost("nobody listens") }
                        return try await inner.connect()
                    }, loop: store.loop, logger: .silent)
                try await late.checkSchema()
                #expect(failures.withLock { $0 } == -1)
            }
        }

        /// A store whose schema is expanded once it is open.
        struct ExpandedFixture: StoreFixture {
            let inner: PostgresFixture

            init(over inner: PostgresFixture) { self.inner = inner }

            func open() async throws -> any ChatStore {
                let store = try await inner.open()
                guard let database = store as? PostgresStore else { return store }
                // Not as steps: a restart takes a schema that it knows.
                try await database.runAlone(
                    MigrationTests.expansion(of: database).flatMap(\.statements))
                return store
            }

            func restart() async throws -> any ChatStore { try await inner.restart() }
            func crash() async throws -> any ChatStore { throw StorageFault.absent }
        }
    }

    extension PostgresStore {
        fileprivate func tables() async throws -> [String] {
            let session = try await connector.connect()
            defer { session.close() }
            let select = Statement(
                "", "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()")
            let rows = try await session.run([select], until: .current() + .seconds(10))
            return rows[0].map { "\($0.text(0))" }
        }
    }
#endif
