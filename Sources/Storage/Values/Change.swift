package import Encoding

/// One whole change of the store: all of it happens, or nothing.
package enum Change: Sendable, Equatable {
    /// A new user; its id and its exact name are free, its contacts empty.
    case userAdded(User)
    /// A new user, as in `userAdded`, who used up the invitation of this digest.
    case userInvited(User, by: ByteText)
    /// The user of this id gets this name, password and epoch; contacts stay as they are.
    case userChanged(User)
    /// The user goes, from every contact list too, and with it every message it wrote or was sent.
    case userRemoved(UserID)
    /// Each becomes the other's contact; one of them is not yet. Neither blocks the other any more.
    case befriended(UserID, UserID)
    /// Neither is the other's contact any more; one of them is yet. Their messages stay.
    case parted(UserID, UserID)
    /// The user is on the block list of the other, and was not. Friends are `parted`.
    case blocked(UserID, by: UserID)
    /// The user leaves the block list of the other.
    case unblocked(UserID, by: UserID)
    /// A new message; its id is free and its timestamp later than all others of its conversation.
    case messageAdded(StoredMessage)
    /// The message holds the same plaintext under another key. Refused with `StorageFault.stale`
    /// unless its content is still `from`.
    case messageReplaced(MessageID, from: ByteText, to: ByteText)
    /// A key version of the vault was met for the first time; it is not known yet.
    case keySeen(version: Int, fingerprint: ByteText)
    /// A key version that was met is lost for good, and not asked for any more.
    case keyForgotten(version: Int)
    /// New invitations; their digests are free.
    case invitesAdded([Invite])
    /// Invitations go unused; all of these digests are there.
    case invitesRemoved([ByteText])
}

extension Change {
    /// Whether something that was stored is to leave the files soon.
    var isRemoval: Bool {
        if case .userRemoved = self { true } else { false }
    }
}
