@testable import Encoding
@testable import HTTP

/// The ids, times, contents and tags in the answers to a script so far. Later requests may name
/// them.
struct Memory {
    typealias Pair = (name: [UInt8], value: Part)

    enum Part {
        /// By the input.
        case given([UInt8])
        case known(String)

        var bytes: [UInt8] {
            switch self {
            case .given(let bytes): bytes
            case .known(let text): Array(text.utf8)
            }
        }
    }

    /// Other than that of any script before.
    private let number: Int
    private var id = ""
    private var timestamp = ""
    private var content = ""
    private var tag = ""
    private var count = 0

    init(number: Int) { self.number = number }

    mutating func note(_ answer: ClientResponse) {
        count += 1
        if let tag = answer.field("ETag") { self.tag = tag.string }
        guard answer.status == .ok, answer.body.count < 1 << 20,
            let object = (try? JSONValue.parse(answer.body.span))?.object
        else { return }
        if let id = object["id"]?.text { self.id = id.string }
        if let timestamp = object["timestamp"]?.integer { self.timestamp = "\(timestamp)" }
        let first = object["results"]?.array?.first?.object
        if let content = (object["result"] ?? first?["result"])?.text {
            self.content = content.string
        }
    }

    /// Returns the meaning of a part.
    func part(_ bytes: [UInt8], _ people: People) -> Part {
        guard bytes.count == 1, let byte = bytes.first, byte >= 0x80 else { return .given(bytes) }
        let known = [
            people.me.id, people.friend.id, people.stranger.id, people.me.username,
            people.friend.username, people.stranger.username, People.password, id, timestamp,
            content, tag, uuid, people.me.token, newName,
        ]
        return .known(known[Int(byte - 0x80) % known.count])
    }

    /// Returns the values of the form's names, and the pairs after them.
    func pairs(_ form: Form, _ parts: [Part], _ people: People) -> [Pair] {
        var pairs: [Pair] = []
        for (index, name) in form.names.enumerated() {
            let given = index < parts.count && !parts[index].bytes.isEmpty ? parts[index] : nil
            if let part = given ?? standard(name, form, people) {
                pairs.append((Array(name.utf8), part))
            }
        }
        let rest = Array(parts.dropFirst(form.names.count))
        for index in stride(from: 0, to: rest.count, by: 2) {
            pairs.append((rest[index].bytes, index + 1 < rest.count ? rest[index + 1] : .known("")))
        }
        return pairs
    }

    /// Returns a valid value of the name, or nil if it is optional.
    private func standard(_ name: String, _ form: Form, _ people: People) -> Part? {
        switch name {
        case "myId", "senderId", "userId": .known(people.me.id)
        case "receiverId", "friendId": .known(people.friend.id)
        case "username" where form.path == "/auth/register": .known(newName)
        case "username": .known(people.me.username)
        case "friendUsername": .known(people.stranger.username)
        case "password", "currentPassword": .known(People.password)
        case "newPassword": .known(People.password + " baru")
        case "message", "text": .known("halo")
        default: nil
        }
    }

    /// Another for every script.
    private var newName: String { "eko\(number)" }

    /// Another for every request.
    private var uuid: String {
        let digits = String(number << 8 | count, radix: 16)
        let node = String(repeating: "0", count: 12 - digits.count) + digits
        return "00000000-0000-4000-8000-\(node)"
    }
}
