import Encoding
import Foundation
import InMemoryLogging
import Logging
import Storage
import Testing
import TestSupport

@testable import Chat

private let silent = TakeoverNotes(
    Logger.silent)

private func data(_ json: String) throws -> EarlierData {
    try EarlierData(EarlierRecords(Array(json.utf8)))
}

private func messages(_ json: [UInt8]) throws -> [EarlierData.Message] {
    let data = try EarlierData(EarlierRecords(json))
    var records = EarlierRecords(json)
    var messages: [EarlierData.Message] = []
    while let next = try data.message(&records) { messages.append(next.message) }
    return messages
}

@Suite struct EarlierDataTests {
    @Test func `a file of the earlier system is read`() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/legacy-db.json")
        let bytes = Array(try Data(contentsOf: url))
        let data = try EarlierData(EarlierRecords(bytes))
        #expect(data.users.map(\.username) == ["wati", "agus", "siti"])
        #expect(data.messageCount == 33)
        #expect(try messages(bytes).allSatisfy { $0.timestamp > 1_795_431_829_000 })
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"users":[]}"#, #"{"users":{},"messages":[]}"#,
        #"{"users":[{"id":"a"}],"messages":[]}"#, #"{"users":[],"messages":[{"senderId":"a"}]}"#,
        #"{"users":[],"messages":[1]}"#, #"{"users":[],"messages":[]"#,
    ])
    func `an unexpected shape is refused`(json: String) {
        #expect(throws: TakeoverFault.self) { try data(json) }
    }
}

@Suite struct EarlierMessagesTests {
    private let message = #"{"senderId":"a","receiverId":"b","content":"c","timestamp":1}"#

    @Test func `two lists of messages are told, and an empty one is none`() throws {
        let fault = #expect(throws: TakeoverFault.self) {
            try data(#"{"users":[],"messages":[\#(message)],"chats":[\#(message),\#(message)]}"#)
        }
        guard case .twoLists(messages: 1, chats: 2)? = fault else {
            Issue.record("\(fault as Any)")
            return
        }
        let chats = #"{"messages":[],"chats":[\#(message)],"users":[]}"#
        #expect(try data(chats).messageCount == 1 && messages(Array(chats.utf8)).count == 1)
    }

    @Test func `records are found in every layout and at every border of a piece`() throws {
        for space in 0..<40 {
            let blanks = String(repeating: " ", count: 262_144 - 60 + space)
            let json =
                #"{"x":{"a":["]}"]},"users":[],\#(blanks)"messages":[\#(message),\#(message)]}"#
            #expect(try messages(Array(json.utf8)).count == 2)
        }
        #expect(try data("\u{FEFF}" + #"{"users":[],"messages":[]}"#).hasByteOrderMark)
    }

    private func times(_ number: String) throws -> [Int64] {
        let message = #"{"senderId":"a","receiverId":"b","content":"c","timestamp":\#(number)}"#
        let json = #"{"users":[],"messages":[\#(message)]}"#
        return try messages(Array(json.utf8)).map(\.timestamp)
    }

    @Test func `an impossible time is refused`() throws {
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

    @Test func `one way contacts become mutual and unknown ones are dropped`() throws {
        let earlier = try users([("a", ["b", "b", "x", "a"]), ("b", []), ("c", ["a"])])
        let contacts = earlier.users.map { $0.contacts.map(\.text) }
        #expect(contacts == [["b", "c"], ["a"], ["a"]])
    }

    @Test func `two equal names are named with both ids, names of another case go on`() throws {
        let fault = #expect(throws: TakeoverFault.self) {
            try EarlierUsers(
                [("a1", "ana"), ("a2", "ana")].map {
                    EarlierData.User(id: $0.0, username: $0.1, password: "", contacts: [])
                }, silent)
        }
        for part in ["ana", "a1", "a2"] { #expect("\(fault as Any)".contains(part)) }
        #expect(try users([("ana", []), ("ANA", [])]).users.count == 2)
    }

    @Test func `a password that is no hash does not go on`() throws {
        let users = try EarlierUsers(
            [.init(id: "a", username: "ana", password: "rahasia", contacts: [])], silent
        ).users
        #expect(users[0].password != "rahasia" && SealedForm.isPasswordHash(users[0].password))
    }

    @Test func `a repeated id stops the takeover`() {
        #expect(throws: TakeoverFault.self) { try users([("a", []), ("a", [])]) }
    }
}

@Suite struct TakeoverNotesTests {
    @Test func `a hundred thousand messages are all named in few lines`() {
        let log = InMemoryLogHandler()
        let notes = TakeoverNotes(.test(log))
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
    @Test func `times increase in each conversation on its own`() {
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

    @Test func `no timestamp exceeds the last possible one`() {
        var times = EarlierTimes()
        let talk = Conversation(UserID("a"), UserID("b"))
        let last: Int64 = 9_007_199_254_740_991
        #expect(times.next(in: talk, .max) == nil)
        #expect(times.next(in: talk, last) == last)
        for time in [Int64.min, 0, last, .max] { #expect(times.next(in: talk, time) == nil) }
        #expect(times.next(in: Conversation(UserID("a"), UserID("c")), 5) == 5000)
    }
}
