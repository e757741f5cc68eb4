#if Postgres
    import Encoding
    import EventLoop
    import Storage
    import Testing

    @testable import PostgresStore

    /// Connections that are lost, and commits that the database refuses.
    @Suite struct FaultTests {
        private static let talk = Conversation(UserID("a"), UserID("b"))

        /// Sends this many messages at once, and returns the timestamps that were answered.
        private static func send(
            _ count: Int, to store: PostgresStore, _ name: String
        ) async -> [Result<Int64, any Error>] {
            await withTaskGroup(of: Result<Int64, any Error>.self) { group in
                for number in 0..<count {
                    group.addTask {
                        do {
                            return .success(
                                try await Self.send("\(name)\(number)", to: store))
                        } catch { return .failure(error) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }

        private static func send(_ id: String, to store: PostgresStore) async throws -> Int64 {
            let needs: [Fact] = [.lastTimestamp(talk), .messageID(MessageID(ByteText(id)))]
            return try await store.commit(reading: needs) { facts in
                let time = (facts.lastTimestamp(in: talk) ?? 0) + 1
                let message = StoredMessage(
                    id: MessageID(ByteText(id)), senderId: talk.first, receiverId: talk.second,
                    content: "v1:AAAA", timestamp: time)
                return (.messageAdded(message), time)
            }
        }

        private static func addUsers(to store: any ChatStore) async throws {
            for id in [talk.first, talk.second] {
                let user = User(id: id, username: id.text, password: "")
                try await store.commit(reading: []) { _ in (.userAdded(user), ()) }
            }
        }

        @Test(arguments: [
            FaultPlan.Fault.lostBefore, .lostAfter, .refused("40001"), .refused("40P01"),
            .refused("57P01"), .refused("40003"), .refused("53200"), .doubtful,
        ])
        func `a batch whose commit fails or whose answer is lost is stored once`(
            fault: FaultPlan.Fault
        ) throws {
            try PostgresFixture.run { fixture in
                let first = try await fixture.open()
                try await Self.addUsers(to: first)
                let plan = FaultPlan([fault, .none, fault, fault])
                let store = try await fixture.start { FaultySession($0, plan) }
                var answered: [Int64] = []
                for round in 0..<4 {
                    answered += try await Self.send(20, to: store, "m\(round) ").map {
                        try $0.get()
                    }
                }
                #expect(plan.isOver)
                let history = try await first.messages(in: Self.talk, MessageRange())
                #expect(history.messages.map(\.timestamp) == answered.sorted())
                #expect(history.count == 80)
            }
        }

        @Test func `a change that meets others again and again is refused as busy`() throws {
            try PostgresFixture.run { fixture in
                let first = try await fixture.open()
                try await Self.addUsers(to: first)
                let tries = PostgresStore.conflictsMax
                let plan = FaultPlan(Array(repeating: .refused("40001"), count: tries))
                let store = try await fixture.start { FaultySession($0, plan) }
                for result in await Self.send(1, to: store, "m") {
                    #expect(throws: StorageFault.busy) { try result.get() }
                }
                #expect(plan.commitCount == tries)
                #expect(try await first.messageCount == 0)
                #expect(await Self.send(1, to: store, "n").allSatisfy { (try? $0.get()) != nil })
            }
        }

        @Test func `the pause after a conflict grows up to a bound`() {
            let pauses = (1...40).map { ConflictPause.max(after: $0) }
            #expect(pauses == pauses.sorted())
            #expect(pauses[0] == .milliseconds(5) && pauses[39] == .milliseconds(200))
            for count in 1...40 {
                #expect((.zero...pauses[count - 1]).contains(ConflictPause.random(after: count)))
            }
        }

        @Test func `a change that the database refuses fails alone`() throws {
            try PostgresFixture.run { fixture in
                let first = try await fixture.open()
                try await Self.addUsers(to: first)
                // The batch fails as a whole, and then the first of its changes by itself.
                let plan = FaultPlan([.refused("XX001"), .refused("XX001")])
                let store = try await fixture.start { FaultySession($0, plan) }
                let results = await Self.send(20, to: store, "m")
                #expect(results.count { if case .failure = $0 { true } else { false } } == 1)
                #expect(try await first.messageCount == 19)
            }
        }

        @Test func `a full disk is told to everybody of the batch at once`() throws {
            try PostgresFixture.run { fixture in
                let first = try await fixture.open()
                try await Self.addUsers(to: first)
                let plan = FaultPlan([.refused("53100")])
                let store = try await fixture.start { FaultySession($0, plan) }
                for result in await Self.send(20, to: store, "m") {
                    #expect(throws: StorageFault.full) { try result.get() }
                }
                #expect(try await first.messageCount == 0)
                #expect(await Self.send(20, to: store, "n").allSatisfy { (try? $0.get()) != nil })
            }
        }

        @Test func `two changes of one batch may prepare the same statement`() throws {
            try PostgresFixture.run { fixture in
                let first = try await fixture.open()
                let invites = (0..<40).map { Invite(digest: "x\($0)", expiresAt: 1) }
                try await first.commit(reading: []) { _ in (.invitesAdded(invites), ()) }
                let plan = FaultPlan([])
                let store = try await fixture.start { FaultySession($0, plan) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for invite in invites {
                        let user = User(
                            id: UserID(invite.digest), username: invite.digest, password: "")
                        group.addTask {
                            try await store.commit(reading: []) { _ in
                                (.userInvited(user, by: invite.digest), ())
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(plan.commitCount < invites.count)
            }
        }

        @Test func `what was answered is stored while sessions are ended`() throws {
            try PostgresFixture.run { fixture in
                let first = try await fixture.open()
                try await Self.addUsers(to: first)
                let store = try await fixture.start()
                var answered = 0
                for round in 0..<10 {
                    async let results = Self.send(20, to: store, "m\(round) ")
                    try await store.runAlone([
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                        WHERE usename = current_user AND pid <> pg_backend_pid()
                        """
                    ])
                    answered += try await results.map { try $0.get() }.count
                }
                #expect(answered == 200)
                #expect(try await first.messageCount == 200)
                let history = try await store.messages(in: Self.talk, MessageRange())
                #expect(Set(history.messages.map(\.id)).count == 200)
            }
        }
    }
#endif
