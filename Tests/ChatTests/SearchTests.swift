import Encoding
import EventLoop
import Storage
import StoreConformance
import TestSupport
import Testing

@testable import Chat

@Suite struct SearchTests {
    private static func find(
        _ query: SearchQuery, in search: Search, for user: UserID
    ) async throws -> SearchResults {
        try await search.find(query, for: user) { true }
    }

    private static func texts(_ results: SearchResults) -> [String] {
        results.found.map(\.text.text.string)
    }

    /// Ana, with her friends Budi and Citra, who have ten texts each with a number in them.
    private static func talk(_ rules: RulesFixture) async throws -> (UserID, UserID, UserID) {
        let (ana, budi) = try await rules.friends("ana", "budi")
        let citra = try await rules.user("citra")
        _ = try await rules.friends.add("citra", to: ana)
        for number in 0..<10 {
            rules.time.value += 1_000
            let (from, to) = number % 2 == 0 ? (ana, budi) : (budi, ana)
            _ = try await rules.messages.send(from: from, to: to, "Buku \(number)", id: nil)
            _ = try await rules.messages.send(from: citra, to: ana, "Meja \(number)", id: nil)
        }
        return (ana, budi, citra)
    }

    @Test func `every conversation is searched newest first`() throws {
        try withRules { rules in
            let (ana, budi, citra) = try await Self.talk(rules)
            let search = rules.search()
            let all = try await search.find(SearchQuery("9"), for: ana) { true }
            #expect(Set(Self.texts(all)) == ["Buku 9", "Meja 9"] && all.next == nil)
            let books = try await search.find(SearchQuery("BUKU", limit: 100), for: ana) { true }
            #expect(Self.texts(books) == (0..<10).reversed().map { "Buku \($0)" })
            #expect(books.found.allSatisfy { $0.friend == budi })
            let tables = try await search.find(SearchQuery("1", with: citra), for: ana) { true }
            #expect(Self.texts(tables) == ["Meja 1"])
            // Messages between other people stay theirs.
            #expect(try await Self.find(SearchQuery("buku"), in: search, for: citra).found.isEmpty)
        }
    }

    @Test func `results continue where they ended`() throws {
        try withRules { rules in
            let (ana, _, _) = try await Self.talk(rules)
            let search = rules.search()
            for limit in [1, 3, 7, 20] {
                var found: [String] = []
                var place: MessageFeed.Place?
                repeat {
                    let results = try await search.find(
                        SearchQuery("u", after: place, limit: limit), for: ana
                    ) { true }
                    #expect(results.found.count <= limit)
                    found += Self.texts(results)
                    place = results.next
                } while place != nil
                #expect(found == (0..<10).reversed().map { "Buku \($0)" })
            }
        }
    }

    @Test func `deleted messages and former friends are not found`() throws {
        try withRules { rules in
            let (ana, budi, citra) = try await Self.talk(rules)
            let search = rules.search()
            let found = try await search.find(SearchQuery("Buku 4"), for: ana) { true }
            let message = try #require(found.found.first?.message)
            try await rules.messages.delete(message.id, with: budi, for: ana)
            #expect(try await Self.find(SearchQuery("Buku 4"), in: search, for: ana).found.isEmpty)
            try await rules.friends.remove(citra, of: ana)
            #expect(try await Self.find(SearchQuery("Meja"), in: search, for: ana).found.isEmpty)
            for friend in [citra, UserID("nobody"), ana] {
                await #expect(throws: ChatFault.notFriends) {
                    try await search.find(SearchQuery("Meja", with: friend), for: ana) { true }
                }
            }
        }
    }

    @Test func `a search ends with its time and with whoever waits for it`() throws {
        var quotas = Quotas()
        quotas.sendsPerMinute = 0
        try withRules(quotas: quotas) { rules in
            let (ana, budi) = try await rules.friends("ana", "budi")
            for number in 0..<250 {
                _ = try await rules.messages.send(from: ana, to: budi, "\(number)", id: nil)
            }
            let time = Shared(MonotonicTime.current())
            let search = rules.search { time.value }
            let all = try await search.find(SearchQuery("never"), for: ana) { true }
            #expect(all.found.isEmpty && all.next == nil)
            let before = rules.base.vault.texts.count
            let left = try await search.find(SearchQuery("never"), for: ana) { false }
            #expect(left.next != nil && rules.base.vault.texts.count == before + 100)
            let late = try await search.find(SearchQuery("never"), for: ana) {
                time.value = time.value + Search.timeMax
                return true
            }
            #expect(late.next != nil)
            let rest = try await search.find(SearchQuery("never", after: late.next), for: ana) {
                true
            }
            #expect(rest.next == nil)
        }
    }

    @Test func `one search at a time is a user's share`() throws {
        try withRules { rules in
            let (ana, budi, _) = try await Self.talk(rules)
            let search = rules.search()
            rules.base.vault.change { $0.hangs = true }
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    try await search.find(SearchQuery("buku"), for: ana) { true }.found.count
                }
                while rules.base.vault.openingCount == 0 { await Task.yield() }
                await #expect(throws: ChatFault.searchUnderWay) {
                    try await search.find(SearchQuery("buku"), for: ana) { true }
                }
                group.addTask {
                    try await search.find(SearchQuery("buku"), for: budi) { true }.found.count
                }
                rules.base.vault.change { $0.hangs = false }
                var count = 0
                for try await found in group { count += found }
                #expect(count == 20)
            }
            #expect(
                try await Self.find(SearchQuery("buku"), in: search, for: ana).found.count == 10)
        }
    }

    @Test func `a vault that is away is told and frees the user`() throws {
        try withRules { rules in
            let (ana, _, _) = try await Self.talk(rules)
            let nobody = try await rules.user("nobody")
            let search = rules.search()
            rules.base.vault.change { $0.fault = .unavailable("away") }
            for _ in 0..<2 {
                await #expect(throws: VaultFault.self) {
                    try await search.find(SearchQuery("buku"), for: ana) { true }
                }
            }
            #expect(try await Self.find(SearchQuery("x"), in: search, for: nobody).found.isEmpty)
        }
    }

    @Test func `large texts end a search before they fill the memory`() throws {
        try withRules { rules in
            let (ana, budi) = try await rules.friends("ana", "budi")
            let text = ByteText("x" + String(repeating: "€", count: 4_000))
            for _ in 0..<100 {
                _ = try await rules.messages.send(from: ana, to: budi, text, id: nil)
            }
            let search = rules.search()
            let first = try await search.find(SearchQuery("x", limit: 100), for: ana) { true }
            #expect((1..<100).contains(first.found.count))
            let query = SearchQuery("x", after: first.next, limit: 100)
            let second = try await search.find(query, for: ana) { true }
            #expect(first.found.count + second.found.count == 100)
        }
    }
}
