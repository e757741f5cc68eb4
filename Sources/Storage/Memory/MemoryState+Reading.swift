internal import Encoding

/// The reads of durable state.
extension MemoryState {
    var userCount: Int { index.users.count }
    var durableMessageCount: Int { index.messageCount }
    var durableNewestTimestamp: Int64 { index.newestTimestamp }
    var durableUsers: [User] { index.users.slots.users }
    var durableKeys: [Int: ByteText] { index.knownKeys }
    var incarnation: Incarnation { index.incarnation }

    func durableUser(_ id: UserID) -> User? {
        index.users.number(of: id).map { index.users.user($0) }
    }

    func durableUser(named name: ByteText) -> User? {
        index.users.number(named: name).map { index.users.user($0) }
    }

    /// Returns the id as the store spells it, or nil if there is no such user.
    func knownID(_ id: UserID) -> UserID? { index.users.number(of: id).map { index.users[$0].id } }

    func areDurablyFriends(_ one: UserID, _ other: UserID) -> Bool {
        index.users.areFriends(one, other)
    }

    func sendFacts(from sender: UserID, to receiver: UserID) -> SendFacts? {
        guard let other = index.users.number(of: receiver) else { return nil }
        let one = index.users.number(of: sender)
        return SendFacts(
            receiver: index.users.slots[Int(other)].id,
            areFriends: one.map { index.users.slots[Int($0)].contacts.contains(other) } ?? false,
            messageCount: durableMessageCount,
            hasSubscriptions: !index.users.slots[Int(other)].subscriptions.isEmpty)
    }

    /// Returns the marker that readers see, since a marker is never pending.
    func readUpTo(by reader: UserID, with other: UserID) -> Int64 {
        guard let user = index.users.number(of: reader),
            let conversation = index.users.number(of: Conversation(reader, other))
        else { return 0 }
        return index.readUpTo(by: user, in: conversation)
    }

    func timestamp(of conversation: Conversation, upTo time: Int64) -> Int64? {
        index.users.number(of: conversation).flatMap {
            index.newestTimestamp(upTo: time, in: $0)
        }
    }

    func partners(of id: UserID) -> [UserID] { index.partners(of: id) }
    func contacts(of id: UserID) -> [ContactSummary]? { index.contacts(of: id) }

    func contactChanges(of id: UserID, since cursor: UInt64) -> ContactChanges? {
        index.contactChanges(of: id, since: cursor)
    }

    func pollFacts(of user: UserID, in conversation: Conversation?) -> PollFacts {
        index.pollFacts(of: user, in: conversation)
    }

    // MARK: Addresses of records

    func addresses(in conversation: Conversation, _ range: MessageRange) -> [Address] {
        index.addresses(in: conversation, range)
    }

    /// Returns the address of the newest message of each conversation that has messages.
    func lastAddresses(in conversations: [Conversation]) -> [Address] {
        conversations.compactMap { conversation in
            index.users.number(of: conversation)
                .flatMap { index.conversations.last(of: $0) }
                .map { index.messages.address(of: $0) }
        }
    }

    /// Returns the addresses of the next messages of a feed, newest first.
    func addresses(in feed: inout MessageFeed, limit: Int, bytesMax: Int) -> [Address] {
        index.addresses(in: &feed, limit: limit, bytesMax: bytesMax)
    }

    func scan(after cursor: ScanCursor?, limit: Int) -> ([Address], next: ScanCursor?) {
        index.scan(after: cursor, limit: limit)
    }

    /// Returns a message with this hash of its id, except `others`.
    func place(ofHash hash: UInt64, except others: Set<UInt32>) -> (UInt32, Address)? {
        index.place(ofHash: hash, except: others)
    }

    /// Returns whether a message is as it was read, or still absent, and no pending change touches
    /// it.
    func isCurrent(_ search: MessageSearch) -> Bool {
        !waits(for: search.id) && index.isCurrent(search)
    }

    /// Returns the addresses of up to `limit` messages later than a time, and the number of all
    /// such messages.
    func addresses(laterThan latest: Int64, limit: Int) -> ([Address], count: Int) {
        index.addresses(laterThan: latest, limit: limit)
    }
}

/// The start and the end of a fold.
extension MemoryState {
    var hasReleased: Bool { index.hasReleased }

    /// Frees up to `max` messages that can no longer be found.
    func reclaim(_ max: Int) { index.reclaim(max) }

    /// Returns the addresses of the living messages, and expects their new addresses from now on.
    func beginFold() -> ChunkedArray<UInt64> { index.beginFold() }
    func endFold(_ addresses: ChunkedArray<UInt64>) { index.endFold(addresses) }
    func abandonFold() { index.abandonFold() }

    var foldedUsers: FoldedUsers { FoldedUsers(of: index) }
    var invitesByDigest: [ByteText: Int64] { index.invites }
}
