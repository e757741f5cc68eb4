package import Encoding

/// One atomic change of the store.
package enum Change: Sendable, Equatable {
    /// Adds a user. The id and the exact name are free, and the contacts are empty.
    case userAdded(User)
    /// Adds a user, as `userAdded` does, and uses up the invitation of this digest.
    case userInvited(User, by: ByteText)
    /// Sets the name, password and epoch of the user of this id. The contacts stay. Another epoch
    /// ends the user's push subscriptions, as it ends the sessions.
    case userChanged(User)
    /// Removes the user, the user's entry in every contact list, and every message from or to the
    /// user.
    case userRemoved(UserID)
    /// Makes each user the other's contact, and ends the blocks between them. At least one of them
    /// is not the other's contact yet. The first user added the second at that time, in
    /// milliseconds since 1970. A nil time means that both are unknown.
    case befriended(UserID, UserID, at: Int64? = nil)
    /// Removes each user from the other's contacts. At least one of them is the other's contact.
    /// Their messages stay.
    case parted(UserID, UserID)
    /// Adds the first user to the block list of the other, where it is not yet. Friends are parted,
    /// as `parted` does.
    case blocked(UserID, by: UserID)
    /// Removes the first user from the block list of the other.
    case unblocked(UserID, by: UserID)
    /// Adds a message. Its id is free, and its timestamp is later than all others of its
    /// conversation.
    case messageAdded(StoredMessage)
    /// Replaces the content with the same plaintext under another key. The store refuses it with
    /// `StorageFault.stale` unless the content is still `from`. A tombstone is never replaced.
    case messageReplaced(MessageID, from: ByteText, to: ByteText)
    /// Replaces the message of this id with this tombstone of it. The deletion is later than all
    /// timestamps and deletions of the conversation. The store refuses it with
    /// `StorageFault.stale` unless the message is still what `tombstone(at:)` was made from.
    case messageDeleted(StoredMessage)
    /// Moves the first user's read marker in the conversation with the other forward to the
    /// timestamp of a message. A store may lose the markers of the last 30 s in a crash. Readers
    /// see one before the commit returns.
    case messagesRead(by: UserID, with: UserID, upTo: Int64)
    /// Records a key version of the vault that was met for the first time. The version is not known
    /// yet.
    case keySeen(version: Int, fingerprint: ByteText)
    /// Forgets a key version that is lost for good. Nothing asks for it any more.
    case keyForgotten(version: Int)
    /// Adds a subscription as the user's newest. Its endpoint leaves any other user. Beyond
    /// `PushSubscriptions.perUserMax`, the user's oldest goes.
    case subscribed(UserID, PushSubscription)
    /// Removes the user's subscriptions of these endpoints. The user has each of them.
    case unsubscribed(UserID, endpoints: [ByteText])
    /// Adds invitations. Their digests are free.
    case invitesAdded([Invite])
    /// Removes unused invitations. All of these digests exist.
    case invitesRemoved([ByteText])
}

extension Change {
    /// Whether the change removes stored content, which must leave the files soon.
    var isRemoval: Bool {
        switch self {
        case .userRemoved, .messageDeleted: true
        case .userAdded, .userInvited, .userChanged, .befriended, .parted, .blocked, .unblocked,
            .messageAdded, .messageReplaced, .messagesRead, .keySeen, .keyForgotten, .subscribed,
            .unsubscribed, .invitesAdded, .invitesRemoved:
            false
        }
    }
}
