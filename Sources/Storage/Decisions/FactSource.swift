package import Encoding

/// A store that has everything in memory, as it will be once what waits for the disk has reached
/// it. Decisions see only what they declared of it, as `Facts`.
package protocol FactSource {
    func user(_ id: UserID) -> User?
    func hasUser(_ id: UserID) -> Bool
    func user(named name: ByteText) -> User?
    func areFriends(_ one: UserID, _ other: UserID) -> Bool
    func isBlocked(_ one: UserID, by other: UserID) -> Bool
    func lastTimestamp(in conversation: Conversation) -> Int64?
    func isUsed(_ id: MessageID) -> Bool
    var newestTimestamp: Int64 { get }
    var messageCount: Int { get }
    var knownKeys: [Int: ByteText] { get }
    func invite(_ digest: ByteText) -> Invite?
    var invites: [Invite] { get }
}
