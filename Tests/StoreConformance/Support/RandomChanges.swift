import Encoding
import Storage
import TestSupport

/// Random changes to a small store. Many are valid, and some are not.
struct RandomChanges {
    private var number = 0
    private var time: Int64 = 0
    /// The last content of each message that this generated.
    private var contents: [String: ByteText] = [:]
    private var messages: [String: StoredMessage] = [:]

    mutating func next(using random: inout SeededGenerator) -> Change {
        number += 1
        let one = person(&random)
        let other = person(&random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<15: return .userAdded(user(one, &random))
        case 15..<25: return .befriended(one, other, at: number % 3 == 0 ? nil : time)
        case 25..<27: return .parted(one, other)
        case 27..<29: return .blocked(one, by: other)
        case 29..<30: return .unblocked(one, by: other)
        case 30..<60: return message(one, other, &random)
        case 60..<66: return replacement(&random)
        case 66..<70: return deletion(&random)
        case 70..<74: return marker(&random)
        case 74..<78: return .userChanged(user(one, &random))
        case 78..<82: return .userInvited(user(one, &random), by: digest(&random))
        case 82..<85: return .userRemoved(one)
        case 85..<90:
            return .invitesAdded([
                Invite(digest: digest(&random), expiresAt: .random(in: 0..<5, using: &random))
            ])
        case 90..<92: return .invitesRemoved([digest(&random)])
        case 92..<94: return subscription(one, &random)
        case 94..<97:
            return .keySeen(version: .random(in: 1..<4, using: &random), fingerprint: "f\(number)")
        default: return .keyForgotten(version: .random(in: 1..<4, using: &random))
        }
    }

    private func person(_ random: inout SeededGenerator) -> UserID {
        UserID.everybody.randomElement(using: &random) ?? .ana
    }

    private func subscription(_ id: UserID, _ random: inout SeededGenerator) -> Change {
        let endpoint: ByteText = "https://push.example/\(Int.random(in: 0..<3, using: &random))"
        if number % 3 == 0 { return .unsubscribed(id, endpoints: [endpoint]) }
        return .subscribed(id, .sample(endpoint))
    }

    private func digest(_ random: inout SeededGenerator) -> ByteText {
        "invite \(Int.random(in: 0..<4, using: &random))"
    }

    private func user(_ id: UserID, _ random: inout SeededGenerator) -> User {
        let names = [id.text, id.text, "\(id)2", person(&random).text]
        var user = User.new(id, named: names.randomElement(using: &random))
        user.epoch = number
        user.setDisabled(number % 3 == 0)
        return user
    }

    private mutating func message(
        _ sender: UserID, _ receiver: UserID, _ random: inout SeededGenerator
    ) -> Change {
        let isNew = Int.random(in: 0..<10, using: &random) > 0
        let id = isNew ? "m\(number)" : "m\(Int.random(in: 1...number, using: &random))"
        time += Int64.random(in: -2..<20, using: &random)
        time = max(time, 0)
        let content: ByteText = "v1:\(number)"
        contents[id] = contents[id] ?? content
        let replyTo = messages.keys.sorted().randomElement(using: &random).map { ByteText($0) }
        let message = StoredMessage(
            ByteText(id), from: sender, to: receiver, at: time, content: content, replyTo: replyTo)
        messages[id] = messages[id] ?? message
        return .messageAdded(message)
    }

    /// Often a second deletion, or one of a message that was refused.
    private mutating func deletion(_ random: inout SeededGenerator) -> Change {
        time += Int64.random(in: -2..<20, using: &random)
        time = max(time, 0)
        let message =
            messages.keys.sorted().randomElement(using: &random).flatMap { messages[$0] }
            ?? StoredMessage("m", from: .ana, to: .budi, at: 0)
        return .messageDeleted(message.tombstone(at: time))
    }

    /// Often one that moves back, or one of a message that was refused.
    private func marker(_ random: inout SeededGenerator) -> Change {
        let message =
            messages.keys.sorted().randomElement(using: &random).flatMap { messages[$0] }
            ?? StoredMessage("m", from: .ana, to: .budi, at: 0)
        return number % 4 == 0
            ? .messagesRead(
                by: message.senderId, with: message.receiverId, upTo: message.timestamp)
            : .messagesRead(
                by: message.receiverId, with: message.senderId, upTo: message.timestamp)
    }

    private mutating func replacement(_ random: inout SeededGenerator) -> Change {
        let ids = contents.keys.sorted()
        let id = ids.randomElement(using: &random) ?? "m"
        let content = contents[id] ?? ""
        let new: ByteText = "v2:\(number)"
        contents[id] = new
        return .messageReplaced(MessageID(ByteText(id)), from: content, to: new)
    }
}
