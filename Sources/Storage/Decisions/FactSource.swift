package import Encoding

/// A store that holds everything in memory, with the queued, not yet durable changes applied. A
/// decision sees only the facts that it declared, as `Facts`.
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
