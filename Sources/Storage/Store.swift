package import Encoding

/// Users and messages that outlive the process.
///
/// Readers see only what is on the disk, in the order in which it was decided. An actor: what it
/// has in memory is read in one step.
package protocol Store: Actor {
    /// Decides on a change and makes it last.
    ///
    /// `decide` runs in one step that nothing interrupts, against a state that includes changes
    /// still on their way to the disk; the change it returns is appended in that same step. This
    /// returns once that change is on the disk and visible. Where `decide` returns no change, it
    /// returns once everything the decision was judged against is on the disk.
    ///
    /// - Throws: What `decide` threw, or a `StorageFault`: the change is not visible then, and,
    ///   except after `.failed`, certain not to become so.
    func commit<Outcome: Sendable>(
        _ decide: @Sendable (any Draft) throws -> (Change?, Outcome)
    ) async throws -> Outcome

    func users() -> [User]
    func user(_ id: UserID) -> User?
    /// The id as it is stored, which for a UUID may differ in case; nil where there is no such user.
    func knownID(_ id: UserID) -> UserID?
    /// Whether `other` is among the contacts of `one`.
    func areFriends(_ one: UserID, _ other: UserID) -> Bool
    /// The user of exactly this name; else one whose name differs in case alone.
    func user(named name: ByteText) -> User?
    /// The user's contacts, latest conversation first, then those never written to, by name; nil
    /// when there is no such user.
    func contacts(of id: UserID) -> [ContactSummary]?

    /// Messages later than `after` and earlier than `before`, oldest first: the `limit` oldest of
    /// them, or the newest. At most `JSONStore.messagesMax` however large `limit` is; and of those
    /// the first whose records have `bytesMax` bytes together, one at least.
    func messages(
        in conversation: Conversation, after: Int64?, before: Int64?, limit: Int, newest: Bool,
        bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages

    func message(_ id: MessageID) async throws(StorageFault) -> StoredMessage?

    /// All messages, some at a time and in no order: first from 0, then from what the call before
    /// returned as `next`, until that is nil. Those that come or go meanwhile may be among them.
    func messages(
        from place: Int, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: Int?)

    /// Key versions of the vault met so far, with their fingerprints.
    var knownKeys: [Int: ByteText] { get }
    var messageCount: Int { get }
    /// The invitation of this digest, expired or not; nil once it was used.
    func invite(_ digest: ByteText) -> Invite?
    /// All that were not used, those that expire first before the others.
    func invites() -> [Invite]
    var state: StoreState { get }

    // What every poll asks is read without a step aside; of a store that lives on a loop, only
    // from there.

    /// What a session of this user is judged by.
    nonisolated func standing(of id: UserID) -> Standing
    /// Changes whenever the answer of `contacts(of:)` does. Never repeats, also across restarts.
    nonisolated func version(of user: UserID) -> UInt64
    /// Changes whenever messages come or go; not when one is replaced. Never repeats, also
    /// across restarts.
    nonisolated func version(of conversation: Conversation) -> UInt64
}

extension Store {
    package func messages(
        in conversation: Conversation, after: Int64?, before: Int64?, limit: Int, newest: Bool
    ) async throws(StorageFault) -> RecordedMessages {
        try await messages(
            in: conversation, after: after, before: before, limit: limit, newest: newest,
            bytesMax: .max)
    }
}

/// Whether the store takes changes.
package enum StoreState: Sendable, Equatable {
    case open
    /// The disk failed: reads go on, changes are refused until the process starts again.
    case readOnly(why: String)
}
