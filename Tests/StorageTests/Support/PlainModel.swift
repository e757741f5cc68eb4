import Encoding
import Storage
import Testing
import TestSupport

/// The expected contents of a store, in the simplest form.
struct PlainModel: Sendable, Equatable {
    var users: [UserID: User] = [:]
    var messages: [MessageID: StoredMessage] = [:]
    var keys: [Int: ByteText] = [:]
    /// When each expires, by digest.
    var invites: [ByteText: Int64] = [:]

    mutating func apply(_ change: Change) {
        switch change {
        case .userAdded(let user): users[user.id] = user
        case .userInvited(let user, let digest):
            users[user.id] = user
            invites[digest] = nil
        case .userChanged(let user):
            users[user.id]?.username = user.username
            users[user.id]?.password = user.password
            if users[user.id]?.epoch != user.epoch {
                users[user.id]?.subscriptions = PushSubscriptions()
            }
            users[user.id]?.epoch = user.epoch
        case .userRemoved(let id):
            users[id] = nil
            for friend in users.keys {
                users[friend]?.contacts.removeAll { $0 == id }
                users[friend]?.blocked.removeAll { $0 == id }
                users[friend]?.formerFriends.removeAll { $0 == id }
            }
            messages = messages.filter { $1.senderId != id && $1.receiverId != id }
        case .befriended(let one, let other, _):
            for (user, friend) in [(one, other), (other, one)]
            where users[user]?.contacts.contains(friend) == false {
                users[user]?.contacts.append(friend)
            }
            for (user, friend) in [(one, other), (other, one)] {
                users[user]?.blocked.removeAll { $0 == friend }
                users[user]?.formerFriends.removeAll { $0 == friend }
            }
        case .parted(let one, let other): part(one, other)
        case .blocked(let one, let other):
            if users[one]?.contacts.contains(other) == true { part(one, other) }
            users[other]?.blocked.append(one)
        case .unblocked(let one, let other): users[other]?.blocked.removeAll { $0 == one }
        case .messageAdded(let message): messages[message.id] = message
        case .messageReplaced(let id, _, let content): messages[id]?.reseal(content)
        case .messageDeleted(let tombstone): messages[tombstone.id] = tombstone
        // A crash may lose markers, so `init(of:)` checks them by themselves.
        case .messagesRead: return
        case .keySeen(let version, let fingerprint): keys[version] = fingerprint
        case .keyForgotten(let version): keys[version] = nil
        case .subscribed(let id, let subscription):
            for owner in users.keys {
                users[owner]?.subscriptions.remove([subscription.endpoint])
            }
            users[id]?.subscriptions.add(subscription)
        case .unsubscribed(let id, let endpoints): users[id]?.subscriptions.remove(endpoints)
        case .invitesAdded(let added):
            for invite in added { invites[invite.digest] = invite.expiresAt }
        case .invitesRemoved(let digests): for digest in digests { invites[digest] = nil }
        }
    }

    private mutating func part(_ one: UserID, _ other: UserID) {
        for (user, friend) in [(one, other), (other, one)] {
            users[user]?.contacts.removeAll { $0 == friend }
            users[user]?.formerFriends.append(friend)
        }
    }

    /// Reads a store's contents. Histories must be in order and without duplicates.
    init(of store: JSONStore, users names: [String]) async throws {
        for name in names {
            guard let user = await store.user(UserID(ByteText(name))) else { continue }
            users[user.id] = user
        }
        for (index, one) in names.enumerated() {
            for other in names[index...] {
                var last = Int64.min
                for message in try await store.history(one, other) {
                    #expect(last < message.timestamp && messages[message.id] == nil)
                    last = message.timestamp
                    messages[message.id] = message
                }
            }
        }
        for user in users.values { await check(store.contacts(of: user.id) ?? [], of: user.id) }
        keys = await store.knownKeys
        for invite in await store.invites() { invites[invite.digest] = invite.expiresAt }
    }

    /// Checks that each marker is a message's timestamp, and that the unread messages are those
    /// received after it.
    private func check(_ rows: [ContactSummary], of user: UserID) {
        for row in rows {
            let talk = messages.values.filter {
                $0.conversation == Conversation(user, row.id)
            }
            for time in [row.readUpTo, row.friendReadUpTo] where time > 0 {
                #expect(talk.contains { $0.timestamp == time }, "a marker at no message")
            }
            let unread = talk.count {
                $0.senderId == row.id && row.id != user && !$0.isDeleted
                    && $0.timestamp > row.readUpTo
            }
            #expect(row.unreadCount == unread, "\(user) of \(row.id)")
        }
    }

    init() {}

    /// Endpoints are few, so that some move to another user.
    private func subscription(_ id: UserID, _ number: Int) -> Change? {
        let endpoint: ByteText = "https://push.example/\(number % 12)"
        if users[id]?.subscriptions.contains(endpoint) == true {
            return .unsubscribed(id, endpoints: [endpoint])
        }
        return .subscribed(
            id,
            PushSubscription(
                endpoint: endpoint, publicKey: "BA\(number)", authentication: "au", session: "5e"))
    }

    private func endOrBlock(_ one: UserID, _ other: UserID, _ number: Int) -> Change? {
        if one == other { return nil }
        if number % 2 == 0, users[one]?.contacts.contains(other) == true {
            return .parted(one, other)
        }
        return users[other]?.blocked.contains(one) == true
            ? .unblocked(one, by: other) : .blocked(one, by: other)
    }

    /// Each name has one of its own, so that two changes at once are never about the same.
    static func invite(of name: String) -> ByteText { "invite of \(name)" }

    /// A change that fits, or nil.
    func randomChange(
        _ names: [String], number: Int, using random: inout SeededGenerator
    ) -> Change? {
        let present = users.keys.map(\.text.string).sorted()
        guard let one = present.randomElement(using: &random),
            let other = present.randomElement(using: &random)
        else { return names.first.map { .userAdded(.named($0)) } }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<5: return subscription(UserID(ByteText(one)), number)
        case 5..<60:
            let time = Int64(number) * 1000 + Int64.random(in: 0..<1000, using: &random)
            let content = "v1:" + String(repeating: "x", count: number % 300)
            return .messageAdded(
                .sample(
                    "m\(number)", from: one, to: other, at: time, content: content,
                    replyTo: number % 5 == 0 ? "m\(number / 2)" : nil,
                    photo: number % 7 == 0 ? .sample(number) : nil))
        case 60..<67:
            let ids = messages.keys.map(\.text.string).sorted()
            guard let id = ids.randomElement(using: &random),
                let message = messages[MessageID(ByteText(id))]
            else { return nil }
            let (reader, other) = (message.receiverId, message.senderId)
            return number % 4 == 0
                ? .messagesRead(by: other, with: reader, upTo: message.timestamp)
                : .messagesRead(by: reader, with: other, upTo: message.timestamp)
        case 67..<80:
            let ids = messages.keys.map(\.text.string).sorted()
            guard let id = ids.randomElement(using: &random),
                let message = messages[MessageID(ByteText(id))], !message.isDeleted
            else { return nil }
            if number % 3 == 0 {
                return .messageDeleted(message.tombstone(at: Int64(number) * 1000))
            }
            return .messageReplaced(message.id, from: message.content, to: "v2:\(number)")
        case 80..<85:
            let (one, other) = (UserID(ByteText(one)), UserID(ByteText(other)))
            let areFriends = users[one]?.contacts.contains(other) == true
            return one == other || areFriends
                ? nil : .befriended(one, other, at: number % 3 == 0 ? nil : Int64(number))
        case 85..<88:
            return endOrBlock(UserID(ByteText(one)), UserID(ByteText(other)), number)
        case 88..<93:
            let name = names.randomElement(using: &random) ?? ""
            guard users[UserID(ByteText(name))] == nil else { return nil }
            let invite = Self.invite(of: name)
            return invites[invite] == nil
                ? .userAdded(.named(name)) : .userInvited(.named(name), by: invite)
        case 93..<96:
            guard var user = users[UserID(ByteText(one))] else { return nil }
            user.epoch += 1
            user.password = "$2b$10$\(number)"
            user.setDisabled(number % 3 == 0)
            return .userChanged(user)
        case 96: return .userRemoved(UserID(ByteText(one)))
        case 97..<99:
            let invite = Self.invite(of: names.randomElement(using: &random) ?? "")
            return invites[invite] == nil
                ? .invitesAdded([Invite(digest: invite, expiresAt: Int64(number))])
                : .invitesRemoved([invite])
        default:
            return keys[number % 5] != nil
                ? .keyForgotten(version: number % 5)
                : .keySeen(version: number % 5, fingerprint: "f\(number)")
        }
    }
}
