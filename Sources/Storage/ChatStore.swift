package import Encoding

/// Users and messages that outlive the process, as the rules of the chat need them. Nothing here
/// says how a store keeps them; how a store is folded, copied and checked is its own business.
///
/// Readers see only what is durable, in the order in which it was decided.
package protocol ChatStore: AnyObject, Sendable {
    /// Decides on a change and makes it last.
    ///
    /// `decide` is judged against the facts that `needs` names, with changes still on their way to
    /// the disk included. Nothing changes between those facts and the change that it returns. It
    /// must be pure: a store may have to run it again. This returns once the change is durable and
    /// visible. Where `decide` returns no change, it returns once everything that the decision was
    /// judged against is durable.
    ///
    /// - Throws: What `decide` threw, or a `StorageFault`: the change is not visible then, and,
    ///   except after `.failed`, certain not to become so.
    func commit<Outcome: Sendable>(
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome

    func users() async throws(StorageFault) -> [User]
    func user(_ id: UserID) async throws(StorageFault) -> User?
    /// The id as the store spells it; nil where there is no such user.
    func knownID(_ id: UserID) async throws(StorageFault) -> UserID?
    /// Whether `other` is among the contacts of `one`.
    func areFriends(_ one: UserID, _ other: UserID) async throws(StorageFault) -> Bool
    /// The user of exactly this name; else one whose name differs in case alone.
    func user(named name: ByteText) async throws(StorageFault) -> User?
    /// The user's contacts, latest conversation first, then those never written to, by name; nil
    /// when there is no such user.
    func contacts(of id: UserID) async throws(StorageFault) -> [ContactSummary]?

    /// The messages of a page, oldest first: at most `MessageRange.limitMax`.
    func messages(
        in conversation: Conversation, _ range: MessageRange
    ) async throws(StorageFault) -> RecordedMessages

    func message(_ id: MessageID) async throws(StorageFault) -> StoredMessage?

    /// All messages, some at a time and in no order: first those after nil, then those after the
    /// cursor that the call before returned, until that is nil. Those that come or go meanwhile may
    /// be among them.
    func scan(
        after cursor: ScanCursor?, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: ScanCursor?)

    /// Key versions of the vault met so far, with their fingerprints.
    var knownKeys: [Int: ByteText] { get async throws(StorageFault) }
    var messageCount: Int { get async throws(StorageFault) }
    /// The invitation of this digest, expired or not; nil once it was used.
    func invite(_ digest: ByteText) async throws(StorageFault) -> Invite?
    /// All that were not used, those that expire first before the others.
    func invites() async throws(StorageFault) -> [Invite]
    /// - Throws: What the next change would fail with, where that is known.
    func checkWritable() async throws(StorageFault)

    /// Returns the facts of a poll from memory. Nil means that they have to be loaded. A store that
    /// lives on a loop is asked on that loop only.
    func pollFacts(of user: UserID, in conversation: Conversation?) -> PollFacts?
    func loadPollFacts(
        of user: UserID, in conversation: Conversation?
    ) async throws(StorageFault) -> PollFacts
}

extension ChatStore {
    /// The facts of a poll, from memory or loaded.
    ///
    /// - Parameter conversation: Whose revision is wanted, instead of that of the user's contacts.
    package func currentPollFacts(
        of user: UserID, in conversation: Conversation? = nil
    ) async throws(StorageFault) -> PollFacts {
        if let facts = pollFacts(of: user, in: conversation) { return facts }
        return try await loadPollFacts(of: user, in: conversation)
    }
}
