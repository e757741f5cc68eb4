internal import Storage

extension WorkingSet {
    /// Returns why a change is refused, or nil if it is not. The rows of it are loaded.
    ///
    /// - Throws: `.stale`.
    func refusal(of change: Change) throws(StorageFault) -> String? {
        if change.isStale({ message($0.key)?.message }) { throw .stale }
        if case .messageAdded(let message) = change, let photo = message.photo,
            photos[photo.id]?.mayBeNamed(by: message) != true
        {
            throw .stale
        }
        return problem(with: change) ?? repetition(in: change)
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
