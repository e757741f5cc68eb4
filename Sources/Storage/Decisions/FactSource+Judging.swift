internal import Encoding

/// The checks that a change passes before it is written, in every store.
extension FactSource {
    /// Returns why a change is invalid for the state with all pending changes, or nil.
    package func problem(with change: Change) -> String? {
        switch change {
        case .userAdded(let user):
            return problem(withNew: user)
        case .userInvited(let user, let digest):
            if invite(digest) == nil { return "there is no such invitation" }
            return problem(withNew: user)
        case .userChanged(let user):
            if !hasUser(user.id) { return "there is no such user" }
            return isNameTakenExactly(user.username, except: user.id) ? "the name is taken" : nil
        case .userRemoved(let id): return hasUser(id) ? nil : "there is no such user"
        case .befriended(let one, let other, _):
            if one == other { return "nobody befriends themselves" }
            return hasUser(one) && hasUser(other) ? nil : "there is no such user"
        case .parted(let one, let other):
            return areFriends(one, other) || areFriends(other, one) ? nil : "they are no friends"
        case .blocked(let one, let other):
            if one == other { return "nobody blocks themselves" }
            guard hasUser(one), hasUser(other) else { return "there is no such user" }
            return isBlocked(one, by: other) ? "the user is blocked" : nil
        case .unblocked(let one, let other):
            return isBlocked(one, by: other) ? nil : "the user is not blocked"
        case .messageAdded(let message):
            guard hasUser(message.senderId), hasUser(message.receiverId) else {
                return "there is no such user"
            }
            if isUsed(message.id) { return "a message of this id exists" }
            let last = lastTimestamp(in: message.conversation) ?? .min
            if message.timestamp <= last { return "its timestamp does not increase" }
            return StoredMessage.timestamps.contains(message.timestamp)
                ? nil : "its timestamp is none that a message may have"
        case .messageReplaced(let id, _, _):
            return isUsed(id) ? nil : "there is no such message"
        case .messageDeleted(let tombstone):
            guard isUsed(tombstone.id) else { return "there is no such message" }
            guard let time = tombstone.deletedAt else { return "it is no tombstone" }
            let last = lastTimestamp(in: tombstone.conversation) ?? .min
            return time > last && StoredMessage.timestamps.contains(time)
                ? nil : "its time does not increase"
        case .messagesRead(let reader, let other, let time):
            guard hasUser(reader), hasUser(other) else { return "there is no such user" }
            if time <= readUpTo(by: reader, with: other) { return "the marker does not move" }
            return timestamp(of: Conversation(reader, other), upTo: time) == time
                ? nil : "there is no message of its time"
        case .keySeen: return nil
        case .keyForgotten(let version):
            return knownKeys[version] != nil ? nil : "there is no such key version"
        case .subscribed(let id, _): return hasUser(id) ? nil : "there is no such user"
        case .unsubscribed(let id, let endpoints):
            guard let subscriptions = user(id)?.subscriptions else {
                return "there is no such user"
            }
            return endpoints.allSatisfy { subscriptions.contains($0) }
                ? nil : "there is no such subscription"
        case .invitesAdded(let invites):
            let digests = Set(invites.map(\.digest))
            let areNew = digests.allSatisfy { invite($0) == nil }
            return areNew && digests.count == invites.count ? nil : "an invitation is there twice"
        case .invitesRemoved(let digests):
            return digests.allSatisfy { invite($0) != nil } ? nil : "there is no such invitation"
        }
    }

    /// Returns why a valid change would have no effect, or nil. Recovery skips this check, because
    /// an earlier version may have written such changes.
    package func repetition(in change: Change) -> String? {
        switch change {
        case .befriended(let one, let other, _):
            areFriends(one, other) && areFriends(other, one) ? "they are friends already" : nil
        case .keySeen(let version, _):
            knownKeys[version] != nil ? "the key version is known already" : nil
        case .userAdded, .userInvited, .userChanged, .userRemoved, .parted, .blocked, .unblocked,
            .messageAdded, .messageReplaced, .messageDeleted, .messagesRead, .keyForgotten,
            .subscribed, .unsubscribed, .invitesAdded, .invitesRemoved:
            nil
        }
    }

    private func problem(withNew user: User) -> String? {
        if hasUser(user.id) { return "a user of this id exists" }
        if isNameTakenExactly(user.username, except: user.id) { return "the name is taken" }
        return user.contacts.isEmpty ? nil : "a new user has no contacts"
    }

    private func isNameTakenExactly(_ name: ByteText, except id: UserID) -> Bool {
        guard let holder = user(named: name) else { return false }
        return holder.username == name && holder.id != id
    }
}

extension Change {
    /// Returns whether the change was decided on a message that is another one by now.
    package func isStale(_ message: (MessageID) -> StoredMessage?) -> Bool {
        switch self {
        case .messageReplaced(let id, let content, _):
            guard let found = message(id) else { return true }
            return found.isDeleted || found.content != content
        case .messageDeleted(let tombstone):
            guard let found = message(tombstone.id), let time = tombstone.deletedAt else {
                return true
            }
            return found.isDeleted || found.tombstone(at: time) != tombstone
        default: return false
        }
    }
}
