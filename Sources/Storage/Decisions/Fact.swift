package import Encoding

/// One fact that a decision reads. See `ChatStore.commit`.
///
/// While the removal of a user waits for the disk, `lastTimestamp`, `messageID` and `messageCount`
/// may still count that user's messages.
package enum Fact: Hashable, Sendable {
    /// The user of this id.
    case user(UserID)
    /// Whether there is a user of this id. It is cheaper than `user`.
    case userID(UserID)
    /// The user of exactly this name, or else a user whose name differs in case alone.
    case name(ByteText)
    /// Whether the second user is among the contacts of the first.
    case contact(of: UserID, UserID)
    /// Whether the first is on the block list of the second.
    case blocked(UserID, by: UserID)
    /// The newest timestamp of the conversation.
    case lastTimestamp(Conversation)
    /// Whether a message has this id.
    case messageID(MessageID)
    /// The message of this id. The store reads it from the disk first, so use `messageID` unless
    /// the message is needed.
    case message(MessageID)
    /// The newest timestamp of any message the store has met.
    case newestTimestamp
    /// The number of messages.
    case messageCount
    /// The key versions of the vault met so far.
    case keys
    /// The invitation of this digest.
    case invite(ByteText)
    /// All invitations.
    case invites
}
