import Encoding
import Foundation
import InMemoryLogging
import Logging
import Storage
import Testing

@testable import Chat

private let silent = TakeoverNotes(
    Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))

private func data(_ json: String) throws -> EarlierData {
    try EarlierData(Array(json.utf8))
}

@Suite struct EarlierDataTests {
    @Test func theEarlierSystemsOwnFileIsRead() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/legacy-db.json")
        let data = try EarlierData(Array(try Data(contentsOf: url)))
        #expect(data.users.map(\.username) == ["wati", "agus", "siti"])
        #expect(data.messages.count == 33)
        #expect(data.messages.allSatisfy { $0.timestamp > 1_795_431_829_000 })
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"users":[]}"#, #"{"users":{},"messages":[]}"#,
        #"{"users":[{"id":"a"}],"messages":[]}"#, #"{"users":[],"messages":[{"senderId":"a"}]}"#,
        #"{"users":[],"messages":[1]}"#, #"{"users":[],"messages":[]"#,
    ])
    func whatIsNotItsShapeIsRefused(json: String) {
        #expect(throws: TakeoverFault.self) { try data(json) }
    }
}

@Suite struct EarlierMessagesTests {
    private func times(_ number: String) throws -> [Int64] {
        let message = #"{"senderId":"a","receiverId":"b","content":"c","timestamp":\#(number)}"#
        return try data(#"{"users":[],"messages":[\#(message)]}"#).messages.map(\.timestamp)
    }

    @Test func aTimeThatNoClockShowsIsRefused() throws {
        #expect(try times("9007199254740991") == [9_007_199_254_740_991])
        #expect(try times("1700000000.75") == [1_700_000_000])
        for number in ["9007199254740992", "9223372036854775807", "1e300", "\"1\"", "null"] {
            #expect(throws: TakeoverFault.self, "\(number)") { try times(number) }
        }
    }
}

@Suite struct EarlierUsersTests {
    private func users(_ lists: [(ByteText, [ByteText])]) throws -> EarlierUsers {
        try EarlierUsers(
            lists.map {
                EarlierData.User(id: $0.0, username: $0.0, password: "", contacts: $0.1)
            }, silent)
    }

    @Test func oneWayContactsBecomeMutualAndUnknownOnesAreDropped() throws {
        let earlier = try users([("a", ["b", "b", "x", "a"]), ("b", []), ("c", ["a"])])
        let contacts = earlier.users.map { $0.contacts.map(\.text) }
        #expect(contacts == [["b", "c"], ["a"], ["a"]])
    }

    @Test func anIdThatStandsTwiceStopsIt() {
        #expect(throws: TakeoverFault.self) { try users([("a", []), ("a", [])]) }
    }
}

@Suite struct TakeoverNotesTests {
    @Test func aHundredThousandMessagesAreAllNamedInFewLines() {
        let log = InMemoryLogHandler()
        let notes = TakeoverNotes(Logger(label: "test") { _ in log })
        let ids = (0..<100_000).map { "message-\($0)" }
        for id in ids {
            notes.add(.unsealedMessage, id)
            notes.add(.droppedMessage, id)
        }
        notes.add(.droppedContact, "a->b")
        notes.finish()
        notes.finish()
        #expect(log.entries.count < 3_000)
        for kind in ["unsealed", "dropped"] {
            let lines = log.entries.filter {
                "\($0.message)".contains(kind) && $0.metadata["messages"] != nil
            }
            let named = lines.flatMap { "\($0.metadata["messages"] ?? "")".split(separator: ",") }
            #expect(named.map { String($0) } == ids)
            #expect(lines.allSatisfy { "\($0.metadata["messages"] ?? "")".utf8.count <= 1_000 })
        }
        #expect(log.entries.count { "\($0.metadata["contacts"] ?? "")" == "a->b" } == 1)
    }
}

@Suite struct EarlierTimesTests {
    @Test func timesIncreaseInEachConversationOnItsOwn() {
        var times = EarlierTimes()
        let (one, two) = (
            Conversation(UserID("a"), UserID("b")), Conversation(UserID("a"), UserID("c"))
        )
        let base: Int64 = 1_700_000_000_000
        #expect(times.next(in: one, base) == base)
        #expect(times.next(in: one, base) == base + 1)
        #expect(times.next(in: one, base - 5000) == base + 2)
        #expect(times.next(in: two, base - 5000) == base - 5000)
        #expect(times.next(in: one, base / 1000 + 1) == base + 1000)
        #expect(times.next(in: two, 99_999_999_999) == 99_999_999_999_000)
        #expect(times.next(in: two, 100_000_000_000) == 99_999_999_999_001)
        let three = Conversation(UserID("b"), UserID("c"))
        #expect(times.next(in: three, .min) == 0)
    }

    @Test func noTimeComesAfterTheLast() {
        var times = EarlierTimes()
        let talk = Conversation(UserID("a"), UserID("b"))
        let last: Int64 = 9_007_199_254_740_991
        #expect(times.next(in: talk, .max) == nil)
        #expect(times.next(in: talk, last) == last)
        for time in [Int64.min, 0, last, .max] { #expect(times.next(in: talk, time) == nil) }
        #expect(times.next(in: Conversation(UserID("a"), UserID("c")), 5) == 5000)
    }
}
