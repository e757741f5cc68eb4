import Encoding
import Storage

extension MemoryContents {
    /// Why a change does not fit, or nil when it does.
    ///
    /// - Throws: `.stale`.
    func problem(with change: Change) throws(StorageFault) -> String? {
        switch change {
        case .userAdded(let user): return problem(withNew: user)
        case .userInvited(let user, let digest):
            return invite(digest) == nil ? "no such invitation" : problem(withNew: user)
        case .userChanged(let user):
            if !hasUser(user.id) { return "no such user" }
            return isTaken(user.username, except: user.id) ? "the name is taken" : nil
        case .userRemoved(let id): return hasUser(id) ? nil : "no such user"
        case .befriended(let one, let other, _):
            if one == other || !hasUser(one) || !hasUser(other) { return "no two users" }
            return areFriends(one, other) && areFriends(other, one) ? "friends already" : nil
        case .parted(let one, let other):
            return areFriends(one, other) || areFriends(other, one) ? nil : "no friends"
        case .blocked(let one, let other):
            if one == other || !hasUser(one) || !hasUser(other) { return "no two users" }
            return isBlocked(one, by: other) ? "blocked already" : nil
        case .unblocked(let one, let other):
            return isBlocked(one, by: other) ? nil : "not blocked"
        case .messageAdded(let message): return problem(withNew: message)
        case .messageReplaced(let id, let content, _):
            guard let found = message(id), found.content == content, !found.isDeleted else {
                throw .stale
            }
            return nil
        case .messageDeleted(let tombstone): return try problem(withTombstone: tombstone)
        case .messagesRead(let reader, let other, let time):
            if !hasUser(reader) || !hasUser(other) { return "no such user" }
            if time <= readUpTo(by: reader, with: other) { return "it does not move" }
            return timestamp(of: Conversation(reader, other), upTo: time) == time
                ? nil : "no message of that time"
        case .keySeen(let version, _): return knownKeys[version] == nil ? nil : "a known version"
        case .keyForgotten(let version):
            return knownKeys[version] == nil ? "no such version" : nil
        case .subscribed(let id, _): return hasUser(id) ? nil : "no such user"
        case .unsubscribed(let id, let endpoints):
            guard let subscriptions = user(id)?.subscriptions else { return "no such user" }
            let areThere = endpoints.allSatisfy { subscriptions.contains($0) }
            return areThere ? nil : "no such subscription"
        case .invitesAdded(let invites):
            let digests = Set(invites.map(\.digest))
            let areNew = digests.allSatisfy { invite($0) == nil } && digests.count == invites.count
            return areNew ? nil : "an invitation twice"
        case .invitesRemoved(let digests):
            return digests.allSatisfy { invite($0) != nil } ? nil : "no such invitation"
        }
    }

    private func problem(withNew user: User) -> String? {
        if hasUser(user.id) { return "the id is taken" }
        if isTaken(user.username, except: user.id) { return "the name is taken" }
        return user.contacts.isEmpty ? nil : "a new user has no contacts"
    }

    private func problem(withNew message: StoredMessage) -> String? {
        if !hasUser(message.senderId) || !hasUser(message.receiverId) { return "no such user" }
        if isUsed(message.id) { return "the id is used" }
        let isLater = message.timestamp > lastTimestamp(in: message.conversation) ?? .min
        return isLater && StoredMessage.timestamps.contains(message.timestamp)
            ? nil : "the timestamp does not fit"
    }

    private func problem(
        withTombstone tombstone: StoredMessage
    ) throws(StorageFault) -> String? {
        guard let found = message(tombstone.id), let time = tombstone.deletedAt,
            !found.isDeleted, found.tombstone(at: time) == tombstone
        else { throw .stale }
        let isLater = time > lastTimestamp(in: tombstone.conversation) ?? .min
        return isLater && StoredMessage.timestamps.contains(time)
            ? nil : "the time does not fit"
    }

    private func isTaken(_ name: ByteText, except id: UserID) -> Bool {
        users.values.contains { $0.username == name && $0.id != id }
    }
}
