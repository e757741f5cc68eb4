/// The messages that a decision has read.
extension [FoundMessage] {
    /// Returns the message that a change replaces or deletes, or nil for any other change.
    ///
    /// - Throws: `.stale` unless the message is as the change expects it.
    func message(replacedBy change: Change) throws(StorageFault) -> FoundMessage? {
        switch change {
        case .messageReplaced(let id, let content, _):
            guard let found = first(where: { $0.message.id == id }),
                found.message.content == content, !found.message.isDeleted
            else { throw .stale }
            return found
        case .messageDeleted(let tombstone):
            guard let found = first(where: { $0.message.id == tombstone.id }),
                tombstone.isTombstone(of: found.message)
            else { throw .stale }
            return found
        case .userAdded, .userInvited, .userChanged, .userRemoved, .befriended, .parted, .blocked,
            .unblocked, .messageAdded, .messagesRead, .keySeen, .keyForgotten, .subscribed,
            .unsubscribed, .invitesAdded, .invitesRemoved:
            return nil
        }
    }
}
