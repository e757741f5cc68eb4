package import Encoding

/// The store as it will be once everything that waits for the disk has reached it: what a change
/// has to be judged against. Valid only inside the closure it was handed to.
package protocol Draft {
    func user(_ id: UserID) -> User?
    func hasUser(_ id: UserID) -> Bool
    /// The user of exactly this name; else one whose name differs in case alone.
    func user(named name: ByteText) -> User?
    /// Whether a user has this name, regardless of case.
    func nameTaken(_ name: ByteText) -> Bool
    /// Whether `other` is among the contacts of `one`.
    func areFriends(_ one: UserID, _ other: UserID) -> Bool
    /// The newest timestamp of the conversation, or nil where there is no message.
    func lastTimestamp(in conversation: Conversation) -> Int64?
    /// Whether a message has this id. Judged by a 64-bit keyed hash of it: wrong about an unused
    /// id once in 10¹³ times in a store of a million messages, never about a used one.
    func isUsed(_ id: MessageID) -> Bool
    /// The newest timestamp of any message the store has met, or 0.
    var newestTimestamp: Int64 { get }
    /// How many messages there are.
    var messageCount: Int { get }
    /// Key versions of the vault met so far, with their fingerprints.
    var knownKeys: [Int: ByteText] { get }
    /// The invitation of this digest, expired or not; nil once it was used.
    func invite(_ digest: ByteText) -> Invite?
    var invites: [Invite] { get }
}
