internal import Encoding
internal import Storage

/// The contents of the earlier system's `db.json`. Messages are read one by one, because there may
/// be many.
struct EarlierData {
    struct User {
        let id: ByteText
        let username: ByteText
        let password: ByteText
        let contacts: [ByteText]
    }

    struct Message: Sendable {
        /// The id, or an empty text if the message had none.
        let id: ByteText
        let senderId: ByteText
        let receiverId: ByteText
        /// The ciphertext without a key version, or the plaintext if the vault was away.
        let content: ByteText
        /// The time in seconds or milliseconds since 1970.
        let timestamp: Int64
    }

    /// The largest integer that the earlier system, written in JavaScript, could increment exactly.
    private static let timeMax = ExactIntegers.max

    private(set) var users: [User] = []
    private(set) var messageCount = 0
    private(set) var hasByteOrderMark = false
    /// The name of the list that holds the messages.
    private var list: ByteText = "messages"

    /// Reads the whole file once, and checks every record.
    init(_ records: EarlierRecords) throws(TakeoverFault) {
        var records = records
        var counts: [ByteText: Int] = [:]
        while let record = try Self.next(&records) {
            switch record.member {
            case "users": users.append(try Self.read(record, Self.user))
            case "messages", "chats":
                _ = try Self.read(record, Self.message)
                counts[record.member, default: 0] += 1
            default: _ = try Self.parse(record)
            }
        }
        hasByteOrderMark = records.hasByteOrderMark
        guard records.hasList("users") else { throw .unreadable("users is no list") }
        guard records.hasList("messages") || records.hasList("chats") else {
            throw .unreadable("messages is no list")
        }
        let (messages, chats) = (counts["messages"] ?? 0, counts["chats"] ?? 0)
        if messages > 0, chats > 0 { throw .twoLists(messages: messages, chats: chats) }
        messageCount = messages + chats
        list = chats > 0 ? "chats" : "messages"
    }

    /// Returns the next message, or nil at the end.
    func message(
        _ records: inout EarlierRecords
    ) throws(TakeoverFault) -> (index: Int, message: Message)? {
        while let record = try Self.next(&records) {
            guard record.member == list, let index = record.index else { continue }
            return (index, try Self.read(record, Self.message))
        }
        return nil
    }

    // MARK: Records

    private static func next(
        _ records: inout EarlierRecords
    ) throws(TakeoverFault) -> EarlierRecords.Record? {
        do { return try records.record() } catch {
            guard case .damaged(_, let offset?, let why) = error else {
                throw .unreadable("\(error)")
            }
            throw .unreadable("\(why) (byte \(offset))")
        }
    }

    private static func parse(
        _ record: EarlierRecords.Record
    ) throws(TakeoverFault) -> JSONValue {
        do throws(JSONFault) { return try JSONValue.parse(record.json.span) } catch {
            throw .unreadable("\(name(of: record)): \(error)")
        }
    }

    private static func read<Element>(
        _ record: EarlierRecords.Record, _ read: (JSONObject) -> Element?
    ) throws(TakeoverFault) -> Element {
        guard record.index != nil else { throw .unreadable("\(record.member) is no list") }
        guard let object = try parse(record).object, let element = read(object) else {
            throw .unreadable("\(name(of: record)) lacks a field, or has one of another kind")
        }
        return element
    }

    private static func name(of record: EarlierRecords.Record) -> String {
        record.index.map { "\(record.member)[\($0)]" } ?? "\(record.member)"
    }

    private static func user(_ object: JSONObject) -> User? {
        guard let id = object["id"]?.text, let username = object["username"]?.text,
            let password = object["password"]?.text
        else { return nil }
        let contacts = object["contacts"]?.array ?? []
        return User(
            id: id, username: username, password: password, contacts: contacts.compactMap(\.text))
    }

    private static func message(_ object: JSONObject) -> Message? {
        guard let senderId = object["senderId"]?.text,
            let receiverId = object["receiverId"]?.text,
            let content = object["content"]?.text, let timestamp = time(object["timestamp"])
        else { return nil }
        return Message(
            id: object["id"]?.text ?? "", senderId: senderId, receiverId: receiverId,
            content: content, timestamp: timestamp)
    }

    private static func time(_ value: JSONValue?) -> Int64? {
        let time: Int64? =
            switch value {
            case .integer(let time): time
            case .double(let time): Int64(exactly: time.rounded(.down))
            default: nil
            }
        return time.flatMap { $0 <= timeMax ? $0 : nil }
    }
}
