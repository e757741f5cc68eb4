import Encoding
import Glibc
import Storage

/// A thousand users with ten friends each, and messages spread over all their conversations.
enum Sample {
    static let userCount = 1000
    static let conversations = 5 * userCount

    static let users: [User] = (0..<userCount).map { number in
        var contacts: [UserID] = []
        for step in 0..<5 {
            let distance = 1 + 7 * step
            contacts.append(userID((number + distance) % userCount))
            contacts.append(userID((number - distance + userCount) % userCount))
        }
        return User(
            id: userID(number), username: "user\(number)",
            password: "$2b$10$\(String(repeating: "h", count: 53))", contacts: contacts, epoch: 0)
    }

    static func userID(_ number: Int) -> UserID { UserID(uuid(UInt64(number) | 1 << 60)) }

    static func members(of conversation: Int) -> (UserID, UserID) {
        let one = conversation % userCount
        return (userID(one), userID((one + 1 + 7 * (conversation / userCount)) % userCount))
    }

    static func conversation(_ number: Int) -> Conversation {
        let (one, other) = members(of: number)
        return Conversation(one, other)
    }

    /// As long as a text of so many ASCII characters is once it has been sealed.
    static func content(textCharacters: Int) -> ByteText {
        "v1:\(String(repeating: "A", count: (12 + textCharacters + 16 + 2) / 3 * 4))"
    }

    static func uuid(_ seed: UInt64) -> ByteText {
        func mixed(_ value: UInt64) -> UInt64 {
            var value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
        func hex(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        let digits = Array(
            hex(mixed(seed &+ 0x9E37_79B9_7F4A_7C15)) + hex(mixed(seed &+ 0x3C6E_F372_FE94_F82A)))
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return ByteText(parts.joined(separator: "-"))
    }

    /// Sixty messages of one conversation, one behind the other.
    static func addConversation(to store: JSONStore) async throws {
        let (one, other) = members(of: 0)
        for _ in 0..<60 { try await add(to: store, from: one, to: other, textCharacters: 40) }
    }

    static func add(
        to store: JSONStore, from one: UserID, to other: UserID, textCharacters: Int
    ) async throws {
        let id = MessageID(uuid(.random(in: .min ... .max)))
        let content = content(textCharacters: textCharacters)
        let talk = Conversation(one, other)
        try await store.commit(reading: [.lastTimestamp(talk)]) { facts in
            let last = facts.lastTimestamp(in: talk) ?? 1_795_000_000_000
            let message = StoredMessage(
                id: id, senderId: one, receiverId: other, content: content, timestamp: last + 1)
            return (.messageAdded(message), ())
        }
    }
}

/// So many messages, made one at a time.
struct SampleMessages: Sequence, Sendable {
    let count: Int

    func makeIterator() -> some IteratorProtocol<StoredMessage> {
        (0..<count).lazy.map { number in
            let (one, other) = Sample.members(of: number % Sample.conversations)
            return StoredMessage(
                id: MessageID(Sample.uuid(UInt64(number))), senderId: one, receiverId: other,
                content: Sample.content(textCharacters: 40),
                timestamp: 1_700_000_000_000 + Int64(number))
        }.makeIterator()
    }
}
