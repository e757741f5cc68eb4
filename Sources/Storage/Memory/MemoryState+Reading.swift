internal import Encoding

/// What readers see: only what is durable.
extension MemoryState {
    var userCount: Int { index.users.count }
    var durableMessageCount: Int { index.messageCount }
    var durableNewestTimestamp: Int64 { index.newestTimestamp }
    var durableUsers: [User] { index.users.slots.users }
    var durableKeys: [Int: ByteText] { index.knownKeys }
    var incarnation: Incarnation { index.incarnation }

    /// The id as the store spells it; nil where there is no such user.
    func knownID(_ id: UserID) -> UserID? { index.users.number(of: id).map { index.users[$0].id } }

    func areDurablyFriends(_ one: UserID, _ other: UserID) -> Bool {
        index.users.areFriends(one, other)
    }

    func contacts(of id: UserID) -> [ContactSummary]? { index.contacts(of: id) }

    func pollFacts(of user: UserID, in conversation: Conversation?) -> PollFacts {
        index.pollFacts(of: user, in: conversation)
    }

    // MARK: Where records lie

    func addresses(in conversation: Conversation, _ range: MessageRange) -> [Address] {
        index.addresses(in: conversation, range)
    }

    func scan(after cursor: ScanCursor?, limit: Int) -> ([Address], next: ScanCursor?) {
        index.scan(after: cursor, limit: limit)
    }

    /// Where a message with this hash of its id lies that is none of the others.
    func place(ofHash hash: UInt64, except others: Set<UInt32>) -> (UInt32, Address)? {
        index.place(ofHash: hash, except: others)
    }

    /// Whether a message is as it was read, or still absent, and nothing pending changes that.
    func isCurrent(_ search: MessageSearch) -> Bool {
        !waits(for: search.id) && index.isCurrent(search)
    }

    /// Where some of the messages lie that are later than a time, and how many there are.
    func addresses(laterThan latest: Int64, limit: Int) -> ([Address], count: Int) {
        index.addresses(laterThan: latest, limit: limit)
    }
}

/// What a fold takes and gives back.
extension MemoryState {
    var hasReleased: Bool { index.hasReleased }

    /// Frees up to `max` messages that can no longer be found.
    func reclaim(_ max: Int) { index.reclaim(max) }

    /// Returns where the living messages lie; their new places are expected from now on.
    func beginFold() -> ChunkedArray<UInt64> { index.beginFold() }
    func endFold(_ addresses: ChunkedArray<UInt64>) { index.endFold(addresses) }
    func abandonFold() { index.abandonFold() }

    var foldedUsers: FoldedUsers { FoldedUsers(of: index) }
    var invitesByDigest: [ByteText: Int64] { index.invites }
}
