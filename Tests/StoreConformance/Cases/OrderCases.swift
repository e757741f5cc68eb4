import Encoding
import Storage
import TestSupport

/// Readers see what is durable, in the order in which it was decided.
enum OrderCases {
    static let all = [
        StoreCase("a history only grows at its end while others write", growsAtItsEnd),
        StoreCase("counts never go back while others write", countsUp),
        StoreCase("what was decided first is visible first", showsInOrder),
        StoreCase("a decision without a change waits for what it was shown", waitsForFacts),
        StoreCase("what was answered outlives a crash, in order", needsCrash: true, survives),
    ]

    private static let talk = Conversation(.ana, .budi)

    /// Sends a message numbered by how many there were, to one of two friends.
    private static func send(_ store: any ChatStore, _ number: Int) async throws -> Int {
        let receiver: UserID = number % 3 == 0 ? .citra : .budi
        let talk = Conversation(.ana, receiver)
        let needs: [Fact] = [.messageCount, .lastTimestamp(talk)]
        return try await store.commit(reading: needs) { facts in
            let place = facts.messageCount
            let message = StoredMessage(
                "m\(place)", from: .ana, to: receiver,
                at: (facts.lastTimestamp(in: talk) ?? 0) + 1, content: "\(place)")
            return (.messageAdded(message), place)
        }
    }

    private static func open(_ fixture: any StoreFixture) async throws -> any ChatStore {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add(.citra)
        try await store.commit(.befriended(.ana, .citra))
        return store
    }

    /// Has ten writers send ten messages each, and one reader look until they are done.
    private static func whileWriting(
        to store: any ChatStore, _ look: @escaping @Sendable () async throws -> Void
    ) async throws {
        let isDone = Shared<[Bool]>([])
        let outcomes = await atOnce(11) { number in
            if number == 10 {
                repeat {
                    try await look()
                    await Task.yield()
                } while isDone.value.count < 10
                try await look()
                return
            }
            defer { isDone.append(true) }
            for message in 0..<10 { _ = try await send(store, number * 10 + message) }
        }
        for outcome in outcomes { try outcome.get() }
    }

    @Sendable private static func growsAtItsEnd(_ fixture: any StoreFixture) async throws {
        let store = try await open(fixture)
        let seen = Shared<[[StoredMessage]]>([])
        try await whileWriting(to: store) {
            let history = try await store.history(.ana, .budi)
            let before = seen.value.last ?? []
            try expect(history.starts(with: before), "\(before) has become \(history)")
            seen.append(history)
        }
        let all = try await store.history(.ana, .budi)
        try expect("messages of both", all.count, is: (0..<100).count { $0 % 3 != 0 })
    }

    @Sendable private static func countsUp(_ fixture: any StoreFixture) async throws {
        let store = try await open(fixture)
        let seen = Shared<[[Int64]]>([])
        try await whileWriting(to: store) {
            let row = try await store.contacts(of: .budi)?.first
            let page = try await store.messages(in: talk, MessageRange())
            let facts = try await store.currentPollFacts(of: .ana, in: talk)
            let numbers = [
                Int64(row?.receivedCount ?? 0), row?.lastMessage?.timestamp ?? 0,
                Int64(page.count), Int64(try await store.messageCount), facts.newestTimestamp,
                Int64(facts.revision),
            ]
            let isAtLeast = zip(numbers, seen.value.last ?? []).allSatisfy { $0 >= $1 }
            try expect(isAtLeast, "\(seen.value.last ?? []) has become \(numbers)")
            try expect(page.count >= row?.receivedCount ?? 0, "a row is ahead of its history")
            seen.append(numbers)
        }
        try expect("messages", try await store.messageCount, is: 100)
    }

    @Sendable private static func showsInOrder(_ fixture: any StoreFixture) async throws {
        let store = try await open(fixture)
        try await whileWriting(to: store) {
            // The conversation that is read second holds all that was decided before.
            let early = try await numbers(of: store, .citra)
            let late = Set(try await numbers(of: store, .budi) + early)
            for number in 0...(early.last ?? 0) where !early.isEmpty {
                try expect(late.contains(number), "\(number) is later than \(early)")
            }
        }
    }

    private static func numbers(of store: any ChatStore, _ friend: UserID) async throws -> [Int] {
        try await store.history(.ana, friend).compactMap { Int($0.content.string) }
    }

    @Sendable private static func waitsForFacts(_ fixture: any StoreFixture) async throws {
        let store = try await open(fixture)
        let outcomes = await atOnce(60) { number in
            if number % 2 == 0 {
                _ = try await send(store, number)
                return
            }
            let shown = try await store.commit(reading: [.messageCount]) { facts in
                (nil, facts.messageCount)
            }
            let visible = try await store.messageCount
            try expect(visible >= shown, "\(shown) were shown, and \(visible) are visible")
        }
        for outcome in outcomes { try outcome.get() }
    }

    @Sendable private static func survives(_ fixture: any StoreFixture) async throws {
        let store = try await open(fixture)
        let answered = Shared<[Int]>([])
        let ended = Shared<[Bool]>([])
        let crashed = Shared<[(answered: [Int], store: any ChatStore)]>([])
        _ = await atOnce(41) { number in
            if number == 40 {
                while answered.value.count < 10, ended.value.count < 40 { await Task.yield() }
                // First what was answered, then the crash.
                let promised = answered.value
                crashed.append((promised, try await fixture.crash()))
                return
            }
            defer { ended.append(true) }
            if number % 4 == 3 {
                // Changes that a decision saw count as answered.
                let shown = try await store.commit(reading: [.messageCount]) { facts in
                    (nil, facts.messageCount)
                }
                if shown > 0 { answered.append(shown - 1) }
            } else {
                answered.append(try await send(store, number))
            }
        }
        let (promised, next) = try require(crashed.value.first, "it did not start again")
        let found = try await next.scanned().compactMap { Int($0.content.string) }.sorted()
        try expect("all up to some message", found, is: Array(0..<found.count))
        for number in promised { try expect(number < found.count, "\(number) is lost") }
        try expect("the count", try await next.messageCount, is: found.count)
    }
}
