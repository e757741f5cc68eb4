import Encoding
import Testing

@testable import Storage

@Suite struct FormatTests {
    @Test func `the checksum is the one of the published vectors`() {
        // RFC 3720 appendix B.4, and the check value of the CRC catalogue.
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32).span) == 0x8A91_36AA)
        #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32).span) == 0x62A8_AB43)
        #expect(CRC32C.checksum(Array(UInt8(0)..<32).span) == 0x46DD_794E)
        #expect(CRC32C.checksum(Array(UInt8(0)..<32).reversed().span) == 0x113F_DB5C)
        #expect(CRC32C.checksum(Array("123456789".utf8).span) == 0xE306_9283)
    }

    @Test func `the checksum of pieces is the checksum of the whole`() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 37) }
        let whole = CRC32C.checksum(bytes.span)
        for cut in 0...bytes.count {
            var checksum = CRC32C()
            checksum.update(bytes.span.extracting(0..<cut))
            checksum.update(bytes.span.extracting(cut..<bytes.count))
            #expect(checksum.value == whole)
        }
    }

    @Test func `a record is read where it lies and as a whole`() throws {
        let message = StoredMessage.sample("m\n\"1", from: "a", to: "é", at: 5)
        let reply = StoredMessage.sample("r", from: "a", to: "é", at: 5, replyTo: "m\n\"1")
        let shown = StoredMessage.sample("f", from: "a", to: "é", at: 5, photo: .sample(1))
        for message in [message, reply, shown, reply.tombstone(at: 9), shown.tombstone(at: 9)] {
            let record = MessageRecord.json(message)
            let bytes = Array("before".utf8) + record + record
            let range = 6..<(6 + record.count)
            let found = try MessageRecord(range, of: bytes.span)
            #expect(found.message(in: bytes.span) == message)
            for wrong in [5..<range.upperBound, 6..<(range.upperBound - 1), 6..<bytes.count] {
                #expect(throws: JSONFault.self) { try MessageRecord(wrong, of: bytes.span) }
            }
        }
    }

    @Test(arguments: [
        #""content":"v1:AAAA","timestamp":5,"deleted":true,"deletedAt":9}"#,
        #""content":"","timestamp":5,"replyTo":"n","deleted":true,"deletedAt":9}"#,
        #""content":"","timestamp":5,"photo":{"id":"00000000-0000-4000-8000-000000000001","#
            + #""width":1,"height":1},"deleted":true,"deletedAt":9}"#,
        #""content":"","timestamp":5,"deleted":false,"deletedAt":9}"#,
        #""content":"","timestamp":5,"deleted":true}"#,
        #""content":"","timestamp":5,"deletedAt":9}"#,
        #""content":"v1:AAAA","timestamp":5,"replyTo":7}"#,
    ])
    func `a tombstone has nothing of its message left`(rest: String) {
        let record = Array((#"{"id":"m","senderId":"a","receiverId":"b","# + rest).utf8)
        #expect(throws: JSONFault.self) { try MessageRecord(of: record.span) }
    }

    @Test func `a record with an invalid text is refused`() {
        let record = MessageRecord.json(.sample("m-1", from: "anna", to: "budi", at: 5))
        for name in ["m-1", "anna", "budi", "v1:AAAA"] {
            let text = Array(name.utf8)
            let start = record.indices.first { record[$0...].starts(with: text) } ?? 0
            for bad: [UInt8] in [[0xFF], [0x0A], Array("\\q".utf8), [0x22]] {
                var damaged = record
                damaged.replaceSubrange(start..<(start + bad.count), with: bad)
                #expect(throws: JSONFault.self) {
                    try MessageRecord(of: damaged.span)
                }
            }
        }
    }

    @Test func `a line with any bit flipped is not read`() {
        var line: [UInt8] = []
        let start = JournalLine.append(Array(#"{"durable":1234}"#.utf8), to: &line)
        #expect(JournalLine.json(in: line.span) == start..<(line.count - 1))
        for bit in 0..<(line.count * 8) {
            var flipped = line
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(JournalLine.json(in: flipped.span) == nil, "bit \(bit)")
        }
        for cut in 0..<line.count {
            #expect(JournalLine.json(in: line.span.extracting(0..<cut)) == nil, "cut at \(cut)")
        }
    }

    @Test(arguments: [
        "plain", "", "quote \" backslash \\ slash /", "tab\tnewline\nreturn\r", "nul\u{0}",
        "é ü 漢字 🎉", "\u{2028}\u{FEFF}\u{7F}",
    ])
    func `records keep any text`(_ string: String) throws {
        let text = ByteText(string)
        let message = StoredMessage(
            id: MessageID(text), senderId: UserID(text), receiverId: UserID("x\(text)"),
            content: text, timestamp: .max)
        #expect(RecordedMessages([message, message]).messages == [message, message])
        let user = User(
            id: UserID(text), username: text, password: text, contacts: [UserID(text)], epoch: 3)
        let json = UserRecord(user).json()
        var scanner = JSONScanner()
        #expect(try UserRecord(&scanner, in: json.span).user == user)
        #expect(!json.contains(UInt8(ascii: "\n")))
    }

    @Test func `changes are read as they were written`() throws {
        let message = StoredMessage.sample("m", from: "a", to: "b", at: 5)
        let changes: [Change] = [
            .userAdded(.named("a")), .userChanged(.named("a")), .userRemoved(UserID("a")),
            .befriended(UserID("a"), UserID("b")), .befriended(UserID("a"), UserID("b"), at: 9),
            .parted(UserID("a"), UserID("b")),
            .blocked(UserID("a"), by: UserID("b")), .unblocked(UserID("a"), by: UserID("b")),
            .messageAdded(message),
            .messageReplaced(message.id, from: "v1:AAAA", to: "v2:BBBB"),
            .messageDeleted(message.tombstone(at: 6)),
            .messagesRead(by: UserID("a"), with: UserID("b\""), upTo: .max),
            .keySeen(version: 7, fingerprint: "abc"), .keyForgotten(version: 7),
            .subscribed(
                UserID("a"),
                PushSubscription(
                    endpoint: "https://p/\"", publicKey: "BA", authentication: "", session: "5e")),
            .unsubscribed(UserID("a"), endpoints: ["https://p/\"", ""]),
            .unsubscribed(UserID("a"), endpoints: []),
            .userInvited(.named("a"), by: "0a\"1"), .invitesAdded([]),
            .invitesAdded([
                Invite(digest: "0a\"1", expiresAt: .max), Invite(digest: "é", expiresAt: 0),
            ]), .invitesRemoved(["0a1"]), .invitesRemoved(["0a1", ""]),
        ]
        for change in changes {
            let encoded = JournalRecord.encode(change, of: message, number: 12)
            let entry = try JournalEntry(encoded.json.span)
            switch (change, entry) {
            case (.userAdded(let one), .userAdded(let other)): #expect(one == other)
            case (.userChanged(let one), .userChanged(let other)): #expect(one == other)
            case (.userRemoved(let one), .userRemoved(let other)): #expect(one == other)
            case (
                .befriended(let one, let other, let at),
                .befriended(let first, let second, let time)
            ):
                #expect(one == first && other == second && at == time)
            case (
                .messagesRead(let one, let other, let upTo),
                .messagesRead(let first, let second, let time, let number)
            ):
                #expect(one == first && other == second && upTo == time && number == 12)
            case (.parted(let one, let other), .parted(let first, let second)),
                (.blocked(let one, let other), .blocked(let first, let second)),
                (.unblocked(let one, let other), .unblocked(let first, let second)):
                #expect(one == first && other == second)
            case (.messageAdded, .messageAdded(_, let range)):
                #expect(encoded.record == range)
                #expect(Array(encoded.json[range]) == MessageRecord.json(message))
            case (.messageReplaced(_, _, let content), .messageReplaced(_, let range)):
                let json = encoded.json.span
                let now = try MessageRecord(range, of: json).message(in: json)
                #expect(now.content == content && now.timestamp == message.timestamp)
            case (.messageDeleted(let tombstone), .messageDeleted(_, let range)):
                let json = encoded.json.span
                #expect(try MessageRecord(range, of: json).message(in: json) == tombstone)
            case (.keySeen(let version, let print), .keySeen(let other, let otherPrint)):
                #expect(version == other && print == otherPrint)
            case (.keyForgotten(let version), .keyForgotten(let other)):
                #expect(version == other)
            case (.userInvited(let one, let digest), .userInvited(let other, let otherDigest)):
                #expect(one == other && digest == otherDigest)
            case (.subscribed(let id, let one), .subscribed(let otherID, let other)):
                #expect(id == otherID && one == other)
            case (.unsubscribed(let id, let ones), .unsubscribed(let otherID, let others)):
                #expect(id == otherID && ones == others)
            case (.invitesAdded(let ones), .invitesAdded(let others)): #expect(ones == others)
            case (.invitesRemoved(let ones), .invitesRemoved(let others)): #expect(ones == others)
            default: Issue.record("\(change) was read as another kind")
            }
        }
    }
}
