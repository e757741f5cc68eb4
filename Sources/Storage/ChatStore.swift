package import Encoding

/// Keeps users and messages beyond the life of the process, as the rules of the chat need them. The
/// protocol does not say how: folds, backups and checks belong to each store.
///
/// Readers see only durable changes, in the order in which they were decided.
package protocol ChatStore: AnyObject, Sendable {
    /// Decides on a change and makes it durable.
    ///
    /// The store calls `decide` with the facts that `needs` names. Those facts include changes that
    /// are queued and not yet durable. Nothing changes between those facts and the change that
    /// `decide` returns. `decide` must be pure, because a store may have to run it again.
    ///
    /// `commit` returns once the change is durable and visible. If `decide` returns no change,
    /// `commit` returns once every change that this process decided before is durable or refused.
    ///
    /// - Throws: The error of `decide`, or a `StorageFault`. The change is not visible then. After
    ///   any fault but `.failed` it never becomes visible.
    func commit<Outcome: Sendable>(
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome

    func users() async throws(StorageFault) -> [User]
    func user(_ id: UserID) async throws(StorageFault) -> User?
    /// Returns the id as the store spells it, or nil if there is no such user.
    func knownID(_ id: UserID) async throws(StorageFault) -> UserID?
    /// Returns whether `other` is among the contacts of `one`.
    func areFriends(_ one: UserID, _ other: UserID) async throws(StorageFault) -> Bool
    /// Returns what a send looks at before its text is sealed, or nil if there is no such receiver.
    func sendFacts(
        from sender: UserID, to receiver: UserID
    ) async throws(StorageFault) -> SendFacts?
    /// Returns the user of exactly this name, or else a user whose name differs in case alone.
    func user(named name: ByteText) async throws(StorageFault) -> User?
    /// Returns the user's contacts, or nil if there is no such user. The latest conversation comes
    /// first. Contacts without a message come last, by name.
    func contacts(of id: UserID) async throws(StorageFault) -> [ContactSummary]?
    /// Returns what has changed in the user's contacts since a cursor, or nil if there is no such
    /// user. A cursor is the revision of a row or of a removal. 0 precedes every change.
    ///
    /// The cost grows with the number of changes since the cursor, not with the number of contacts.
    func contactChanges(
        of id: UserID, since cursor: UInt64
    ) async throws(StorageFault) -> ContactChanges?
    /// Returns the newest message of each conversation that has messages, in that order. It ends
    /// before the message whose record exceeds `bytesMax`, but holds at least one.
    func lastMessages(
        in conversations: [Conversation], bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages

    /// Returns the users with whom this one has a conversation that holds messages, friends or not.
    func partners(of id: UserID) async throws(StorageFault) -> [UserID]

    /// Returns the messages of a page, oldest first: at most `MessageRange.limitMax`.
    func messages(
        in conversation: Conversation, _ range: MessageRange
    ) async throws(StorageFault) -> RecordedMessages

    /// Returns the next messages of the feed, newest first, and moves the feed behind them. It
    /// returns fewer than `limit` where it has passed many tombstones, which it leaves out. Only
    /// conversations with present friends are in a feed.
    ///
    /// - Parameter bytesMax: As in a `MessageRange`.
    func newestMessages(
        in feed: inout MessageFeed, limit: Int, bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages

    func message(_ id: MessageID) async throws(StorageFault) -> StoredMessage?

    /// Returns the user's push subscriptions, the oldest first. It is cheaper than `user`.
    func subscriptions(of id: UserID) async throws(StorageFault) -> [PushSubscription]

    /// Returns some of all messages, in no order.
    ///
    /// The first call passes nil. Each further call passes the cursor of the call before, until
    /// that is nil. Messages that are added or removed meanwhile may be included.
    func scan(
        after cursor: ScanCursor?, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: ScanCursor?)

    /// The key versions of the vault met so far, with their fingerprints.
    var knownKeys: [Int: ByteText] { get async throws(StorageFault) }
    var messageCount: Int { get async throws(StorageFault) }
    /// Returns the invitation of this digest, expired or not. It is nil once the invitation was
    /// used.
    func invite(_ digest: ByteText) async throws(StorageFault) -> Invite?
    /// Returns all unused invitations, the first to expire first.
    func invites() async throws(StorageFault) -> [Invite]
    /// - Throws: The fault of the next change, if it is known already.
    func checkWritable() async throws(StorageFault)

    /// The photos, or nil where the store keeps none.
    var photos: (any PhotoStore)? { get }

    /// Calls `observer` with each user whose revision has changed, once readers see the change. A
    /// store on a loop calls it on that loop, and must be called there. There is one observer.
    func observeChanges(_ observer: @escaping @Sendable (UserID) -> Void)

    /// Returns the facts of a poll from memory, or nil if they have to be loaded. A store on a loop
    /// must be called on that loop.
    func pollFacts(of user: UserID, in conversation: Conversation?) -> PollFacts?
    func loadPollFacts(
        of user: UserID, in conversation: Conversation?
    ) async throws(StorageFault) -> PollFacts
}

extension ChatStore {
    package var photos: (any PhotoStore)? { nil }

    /// Returns the facts of a poll, from memory or loaded.
    ///
    /// - Parameter conversation: Selects the conversation's revision instead of that of the user's
    ///   contacts.
    package func currentPollFacts(
        of user: UserID, in conversation: Conversation? = nil
    ) async throws(StorageFault) -> PollFacts {
        if let facts = pollFacts(of: user, in: conversation) { return facts }
        return try await loadPollFacts(of: user, in: conversation)
    }
}
