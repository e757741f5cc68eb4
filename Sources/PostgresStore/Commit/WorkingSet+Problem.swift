internal import Encoding
internal import Storage

extension WorkingSet {
    /// Returns why a change does not fit, or nil if it does. The rows of it are loaded.
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
        case .befriended, .parted, .blocked, .unblocked: return problem(withFriendship: change)
        case .messageAdded(let message): return problem(withNew: message)
        case .messageReplaced(let id, let content, _):
            guard let found = message(id.key)?.message, found.content == content,
                !found.isDeleted
            else { throw .stale }
            return nil
        case .messageDeleted(let tombstone): return try problem(withTombstone: tombstone)
        case .messagesRead(let reader, let other, let time):
            if !hasUser(reader) || !hasUser(other) { return "no such user" }
            if time <= readUpTo(by: reader, with: other) { return "it does not move" }
            return timestamp(of: Conversation(reader, other), upTo: time) == time
                ? nil : "no message of that time"
        case .keySeen(let version, _): return keys[version] == nil ? nil : "a known version"
        case .keyForgotten(let version): return keys[version] == nil ? "no such version" : nil
        case .subscribed(let id, _): return hasUser(id) ? nil : "no such user"
        case .unsubscribed(let id, let endpoints):
            if !hasUser(id) { return "no such user" }
            let own = subscriptions[id.key] ?? []
            let areThere = endpoints.allSatisfy { endpoint in
                own.contains { $0.endpoint == endpoint }
            }
            return areThere ? nil : "no such subscription"
        case .invitesAdded(let invites):
            let digests = Set(invites.map(\.digest))
            let areNew = digests.allSatisfy { invite($0) == nil } && digests.count == invites.count
            return areNew ? nil : "an invitation twice"
        case .invitesRemoved(let digests):
            return digests.allSatisfy { invite($0) != nil } ? nil : "no such invitation"
        }
    }

    private func problem(withFriendship change: Change) -> String? {
        switch change {
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
        default: return nil
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
        guard let found = message(tombstone.id.key)?.message, let time = tombstone.deletedAt,
            !found.isDeleted, found.tombstone(at: time) == tombstone
        else { throw .stale }
        let isLater = time > lastTimestamp(in: tombstone.conversation) ?? .min
        return isLater && StoredMessage.timestamps.contains(time)
            ? nil : "the time does not fit"
    }

    private func isTaken(_ name: ByteText, except id: UserID) -> Bool {
        (names[name.caseFolded] ?? []).contains { $0.name == name && $0.user != id.key }
    }

    /// Whether the change has to wait for the next batch, since this one holds what the change's
    /// statements would not see.
    func mustWait(for change: Change) -> Bool {
        switch change {
        case .messagesRead(let reader, let other, _):
            writes.talks.contains(Pair(reader, other)) || writes.markers[Pair(reader, other)] != nil
        case .messageDeleted(let tombstone):
            writes.markers[Pair(tombstone.receiverId, tombstone.senderId)] != nil
        default: change.isAlone && !writes.isEmpty
        }
    }
}

extension Change {
    /// Whether the change has a batch for itself: its statements change rows that are not loaded.
    var isAlone: Bool {
        switch self {
        case .userRemoved, .userChanged, .subscribed, .unsubscribed: true
        case .userAdded, .userInvited, .befriended, .parted, .blocked, .unblocked, .messageAdded,
            .messageReplaced, .messageDeleted, .messagesRead, .keySeen, .keyForgotten,
            .invitesAdded, .invitesRemoved:
            false
        }
    }
}
