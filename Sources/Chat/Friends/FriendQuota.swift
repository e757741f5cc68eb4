internal import EventLoop
internal import RateLimit
internal import Storage

/// Limits the names that a user tries and the friends that a user makes. A user can then neither
/// list all names nor enter everybody's contact list.
///
/// Blocks have a limit of their own, because each is a write to the disk. It is so wide that nobody
/// who wants to be left alone reaches it.
struct FriendQuota {
    static let newFriendsPerDay = 100
    static let blocksPerDay = 1_000

    private var unknownNames: TokenBuckets<UserID>?
    private var newFriends: TokenBuckets<UserID>?
    private var blocks: TokenBuckets<UserID>?

    /// - Parameters:
    ///   - unknownNamesPerHour: 0 means no limit, for new friends and blocks too.
    ///   - sharesNewFriends: Whether a `DayAllowance` limits new friends instead.
    init(unknownNamesPerHour: Int, sharesNewFriends: Bool = false) {
        guard unknownNamesPerHour > 0 else { return }
        unknownNames = TokenBuckets(
            capacity: Double(unknownNamesPerHour), perSecond: Double(unknownNamesPerHour) / 3600,
            keysMax: Quotas.usersMax)
        blocks = TokenBuckets(
            capacity: Double(Self.blocksPerDay), perSecond: Double(Self.blocksPerDay) / 86_400,
            keysMax: Quotas.usersMax)
        if sharesNewFriends { return }
        newFriends = TokenBuckets(
            capacity: Double(Self.newFriendsPerDay),
            perSecond: Double(Self.newFriendsPerDay) / 86_400, keysMax: Quotas.usersMax)
    }

    /// Takes a token for an unknown name.
    mutating func takeUnknownName(of user: UserID) throws(ChatFault) {
        if let wait = unknownNames?.take(for: user, at: .current()) {
            throw .tooManyNames(after: wait)
        }
    }

    mutating func giveBackUnknownName(of user: UserID) {
        unknownNames?.giveBack(for: user)
    }

    /// Takes a token for a new friend. A user without tokens for unknown names is refused too.
    /// Otherwise the answer would tell whether the name exists.
    mutating func takeNewFriend(of user: UserID) throws(ChatFault) {
        let now = MonotonicTime.current()
        if let wait = unknownNames?.wait(for: user, at: now) {
            unknownNames?.noteRefusal(of: user)
            throw .tooManyNames(after: wait)
        }
        if let wait = newFriends?.take(for: user, at: now) { throw .tooManyNames(after: wait) }
    }

    /// Takes a token for a new block.
    mutating func takeBlock(of user: UserID) throws(ChatFault) {
        if let wait = blocks?.take(for: user, at: .current()) {
            throw .tooManyAttempts(after: wait)
        }
    }

    /// Returns the users who were refused lately, and why.
    func limited(at now: MonotonicTime) -> [LimitedUse] {
        LimitedUse.list(unknownNames, .tooManyNames, at: now)
            + LimitedUse.list(newFriends, .tooManyNames, at: now)
    }

    mutating func giveBackNewFriend(of user: UserID) {
        newFriends?.giveBack(for: user)
    }
}
