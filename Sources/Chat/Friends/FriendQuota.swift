internal import EventLoop
internal import RateLimit
internal import Storage

/// How many names one may try, and how many friends one may make: what keeps a user from finding
/// out all names there are, or from standing in everybody's list.
struct FriendQuota {
    static let newFriendsPerDay = 100

    private var unknownNames: TokenBuckets<UserID>?
    private var newFriends: TokenBuckets<UserID>?

    /// - Parameter unknownNamesPerHour: 0 is no limit, for new friends neither.
    init(unknownNamesPerHour: Int) {
        guard unknownNamesPerHour > 0 else { return }
        unknownNames = TokenBuckets(
            capacity: Double(unknownNamesPerHour), perSecond: Double(unknownNamesPerHour) / 3600,
            keysMax: Quotas.usersMax)
        newFriends = TokenBuckets(
            capacity: Double(Self.newFriendsPerDay),
            perSecond: Double(Self.newFriendsPerDay) / 86_400, keysMax: Quotas.usersMax)
    }

    /// Takes for a name that nobody has.
    mutating func takeUnknownName(of user: UserID) throws(ChatFault) {
        if let wait = unknownNames?.take(for: user, at: .current()) {
            throw .tooManyNames(after: wait)
        }
    }

    mutating func giveBackUnknownName(of user: UserID) {
        unknownNames?.giveBack(for: user)
    }

    /// Takes for a friend. A user who has no name left to try is refused here too, or the answer
    /// would tell whether somebody has that name.
    mutating func takeNewFriend(of user: UserID) throws(ChatFault) {
        let now = MonotonicTime.current()
        if let wait = unknownNames?.wait(for: user, at: now) { throw .tooManyNames(after: wait) }
        if let wait = newFriends?.take(for: user, at: now) { throw .tooManyNames(after: wait) }
    }

    /// Takes for somebody who is blocked: as for a friend, but whatever names were tried before.
    mutating func takeBlock(of user: UserID) throws(ChatFault) {
        if let wait = newFriends?.take(for: user, at: .current()) {
            throw .tooManyNames(after: wait)
        }
    }

    mutating func giveBackNewFriend(of user: UserID) {
        newFriends?.giveBack(for: user)
    }
}
