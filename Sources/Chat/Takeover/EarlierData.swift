internal import Encoding

/// What the earlier system's `db.json` says, before anything is made of it.
struct EarlierData {
    struct User {
        let id: ByteText
        let username: ByteText
        let password: ByteText
        let contacts: [ByteText]
    }

    struct Message {
        /// Empty where it had none.
        let id: ByteText
        let senderId: ByteText
        let receiverId: ByteText
        /// Bare ciphertext, or the text itself where the vault was away.
        let content: ByteText
        /// Seconds or milliseconds since 1970.
        let timestamp: Int64
    }

    /// The largest number that the earlier system, written in JavaScript, could count on from.
    private static let timeMax = ExactIntegers.max

    let users: [User]
    let messages: [Message]

    init(_ bytes: [UInt8]) throws(TakeoverFault) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue.parse(bytes.span)
        } catch {
            throw .unreadable("\(error)")
        }
        guard let object = value.object else { throw .unreadable("it is no JSON object") }
        users = try Self.list(object["users"], "users", Self.user)
        messages = try Self.list(object["messages"] ?? object["chats"], "messages", Self.message)
    }

    private static func list<Element>(
        _ value: JSONValue?, _ name: String,
        _ read: (JSONObject) -> Element?
    ) throws(TakeoverFault) -> [Element] {
        guard let array = value?.array else { throw .unreadable("\(name) is no list") }
        var elements: [Element] = []
        elements.reserveCapacity(array.count)
        for (index, value) in array.enumerated() {
            guard let object = value.object, let element = read(object) else {
                throw .unreadable("\(name)[\(index)] lacks a field, or has one of another kind")
            }
            elements.append(element)
        }
        return elements
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
