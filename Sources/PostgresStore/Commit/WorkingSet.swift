internal import Encoding
internal import Storage

/// The rows that the decisions of one batch look at, with the changes of the batch applied. The
/// transaction holds the lock of the store's head, so nobody else changes them meanwhile.
struct WorkingSet {
    var head: StoreHead
    var loaded = Wanted()
    /// Nil for a user, pair, message or invitation that does not exist.
    var users: [ByteText: UserRow?] = [:]
    var rows: [Pair: FriendRow?] = [:]
    var messages: [ByteText: MessageRow?] = [:]
    /// Nil for a photo that is not there.
    var photos: [PhotoID: PhotoRow] = [:]
    var usedIDs: [ByteText: Bool] = [:]
    var times: [Wanted.Time: Int64?] = [:]
    var invitesByDigest: [ByteText: Invite?] = [:]
    /// The names of each folded form, with the user's key.
    var names: [ByteText: [(name: ByteText, user: ByteText)]] = [:]
    var keys: [Int: ByteText] = [:]
    var subscriptions: [ByteText: [PushSubscription]] = [:]
    /// The users who have subscribed an endpoint.
    var endpointOwners: [ByteText: ByteText] = [:]
    /// The friends whom lists of a whole user hold.
    var listed: [ByteText: Set<ByteText>] = [:]
    /// The spellings of users' ids.
    var spellings: [ByteText: ByteText] = [:]
    var writes = Writes()

    init(head: StoreHead) { self.head = head }

    /// Returns what has to be loaded yet.
    func missing(_ wanted: Wanted) -> Wanted {
        var wanted = wanted
        wanted.subtract(loaded)
        return wanted
    }

    /// Notes the loaded rows. Rows that were not found do not exist.
    mutating func finishLoading(_ wanted: Wanted) {
        loaded.formUnion(wanted)
        for key in wanted.users.union(wanted.wholeUsers) where users[key] == nil {
            users[key] = .some(nil)
        }
        for pair in wanted.pairs where rows[pair] == nil { rows[pair] = .some(nil) }
        for key in wanted.messages {
            if messages[key] == nil { messages[key] = .some(nil) }
            usedIDs[key] = message(key) != nil
        }
        for key in wanted.messageIDs where usedIDs[key] == nil { usedIDs[key] = false }
        for digest in wanted.invites where invitesByDigest[digest] == nil {
            invitesByDigest[digest] = .some(nil)
        }
        for folded in wanted.names {
            for (_, user) in names[folded] ?? [] {
                loaded.wholeUsers.insert(user)
                loaded.users.insert(user)
            }
        }
        loaded.users.formUnion(wanted.wholeUsers)
    }

    // MARK: Rows

    func userRow(_ key: ByteText) -> UserRow? { users[key] ?? nil }
    func row(_ pair: Pair) -> FriendRow? { rows[pair] ?? nil }
    func message(_ key: ByteText) -> MessageRow? { messages[key] ?? nil }

    private func spelling(_ key: ByteText) -> ByteText {
        spellings[key] ?? userRow(key)?.spelling ?? key
    }

    /// Returns a whole user.
    func wholeUser(_ key: ByteText) -> User? {
        guard let row = userRow(key) else { return nil }
        var user = User(
            id: UserID(row.spelling), username: row.name, password: row.password,
            epoch: Int(row.epoch))
        var lists: (contacts: [(Int64, ByteText)], blocked: [(Int64, ByteText)]) = ([], [])
        var former: [(Int64, ByteText)] = []
        for friend in listed[key] ?? [] {
            guard let row = self.row(Pair(key, friend)) else { continue }
            if let place = row.contact { lists.contacts.append((place, friend)) }
            if let place = row.blocked { lists.blocked.append((place, friend)) }
            if let place = row.former { former.append((place, friend)) }
        }
        user.contacts = inOrder(lists.contacts)
        user.blocked = inOrder(lists.blocked)
        user.formerFriends = inOrder(former)
        user.subscriptions = PushSubscriptions(subscriptions[key] ?? [])
        return user
    }

    private func inOrder(_ list: [(Int64, ByteText)]) -> [UserID] {
        list.sorted { $0 < $1 }.map { UserID(spelling($0.1)) }
    }
}

extension WorkingSet: FactSource {
    func user(_ id: UserID) -> User? { wholeUser(id.key) }
    func hasUser(_ id: UserID) -> Bool { userRow(id.key) != nil }

    func user(named name: ByteText) -> User? {
        let found = names[name.caseFolded] ?? []
        let match = found.first { $0.name == name } ?? found.min { $0.name < $1.name }
        return match.flatMap { wholeUser($0.user) }
    }

    func areFriends(_ one: UserID, _ other: UserID) -> Bool {
        row(Pair(one, other))?.contact != nil
    }

    func isBlocked(_ one: UserID, by other: UserID) -> Bool {
        row(Pair(other, one))?.blocked != nil
    }

    func lastTimestamp(in conversation: Conversation) -> Int64? {
        row(Pair(conversation))?.clock
    }

    func readUpTo(by reader: UserID, with other: UserID) -> Int64 {
        row(Pair(reader, other))?.readUpTo ?? 0
    }

    func timestamp(of conversation: Conversation, upTo time: Int64) -> Int64? {
        times[Wanted.Time(pair: Pair(conversation), upTo: time)] ?? nil
    }

    func isUsed(_ id: MessageID) -> Bool { usedIDs[id.key] ?? (message(id.key) != nil) }
    var newestTimestamp: Int64 { head.newest }
    var messageCount: Int { Int(head.messages) }
    var subscriptionCount: Int { Int(head.subscriptions) }
    var knownKeys: [Int: ByteText] { keys }
    func invite(_ digest: ByteText) -> Invite? { invitesByDigest[digest] ?? nil }

    var invites: [Invite] {
        invitesByDigest.values.compactMap { $0 }
            .sorted { ($0.expiresAt, $0.digest) < ($1.expiresAt, $1.digest) }
    }
}
