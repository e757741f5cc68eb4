package import Encoding

/// One thing that a decision looks at. See `ChatStore.commit`.
///
/// While the removal of a user waits for the disk, `lastTimestamp`, `messageID` and `messageCount`
/// may still tell of that user's messages.
package enum Fact: Hashable, Sendable {
    /// The user of this id.
    case user(UserID)
    /// Whether there is a user of this id: cheaper than the user.
    case userID(UserID)
    /// The user of exactly this name; else one whose name differs in case alone.
    case name(ByteText)
    /// Whether the second is among the contacts of the first.
    case contact(of: UserID, UserID)
    /// Whether the first is on the block list of the second.
    case blocked(UserID, by: UserID)
    /// The newest timestamp of the conversation.
    case lastTimestamp(Conversation)
    /// Whether a message has this id.
    case messageID(MessageID)
    /// The message of this id. It is read from the disk first, unless it is needed `messageID` is
    /// enough.
    case message(MessageID)
    /// The newest timestamp of any message the store has met.
    case newestTimestamp
    /// How many messages there are.
    case messageCount
    /// The key versions of the vault met so far.
    case keys
    /// The invitation of this digest.
    case invite(ByteText)
    /// All invitations.
    case invites
}
