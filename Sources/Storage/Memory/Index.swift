internal import Encoding

/// The durable state in memory: every user, and the address of every message. A change is applied
/// once it is on the disk.
///
/// The type is not copyable, because an accidental copy would count a reference to everything in
/// it.
struct Index: ~Copyable {
    var users = UserTable()
    private(set) var messages = MessageTable()
    private(set) var conversations = ConversationTable()
    private(set) var photos = PhotoTable()
    var rows = RowTable()
    var reads = ReadTable()
    /// Whether `touched` is collected. A startup has nobody to tell.
    var notesTouched = false
    /// The users whose revisions have changed since `takeTouched`.
    private var touched: [UInt32] = []
    private(set) var knownKeys: [Int: ByteText] = [:]
    /// The newest timestamp of all messages whose time a clock may have given.
    private(set) var newestTimestamp: Int64 = 0
    /// The expiry of each invitation by digest, in milliseconds since 1970.
    private(set) var invites: [ByteText: Int64] = [:]
    /// Messages that can no longer be found. `reclaim` frees their memory a few at a time.
    private var released: [[UInt32]] = []
    /// The number of the last change. A start that replays the journal gives every change the same
    /// number again.
    private(set) var lastRevision: UInt32 = 0
    /// The last change that altered the user's contact list, by user number.
    private(set) var userRevisions = ChunkedArray<UInt32>()
    /// The upper part of every revision that leaves the store. It tells the change numbers of one
    /// incarnation from those of another.
    var incarnation = Incarnation()

    init() {}

    // MARK: Reading

    func sender(of message: UInt32) -> UInt32 {
        let conversation = messages.conversation(of: message)
        return messages.isFromSecond(message)
            ? conversations.second(of: conversation) : conversations.first(of: conversation)
    }

    /// Returns a message with this hash of its id, except `others`.
    func place(ofHash hash: UInt64, except others: Set<UInt32>) -> (UInt32, Address)? {
        guard let number = message(withHash: hash, where: { !others.contains($0) }) else {
            return nil
        }
        return (number, messages.address(of: number))
    }

    /// Returns whether a search would still have the same result.
    func isCurrent(_ search: MessageSearch) -> Bool {
        let hash = search.id.hash
        guard let found = search.found else {
            return place(ofHash: hash, except: search.numbersRead) == nil
        }
        return message(withHash: hash, where: { $0 == found.number }) != nil
            && messages.address(of: found.number) == found.address
    }

    /// Returns the message with this hash of its id, unless its conversation has been removed.
    func message(withHash hash: UInt64, where matches: (UInt32) -> Bool = { _ in true }) -> UInt32?
    {
        messages.number(withHash: hash) { !isReleased($0) && matches($0) }
    }

    var hasReleased: Bool { !released.isEmpty }

    var messageCount: Int { messages.count - released.reduce(0) { $0 + $1.count } }

    private func isReleased(_ number: UInt32) -> Bool {
        messages.address(of: number) == .none
    }

    // MARK: Changing

    /// Numbers the change that is applied next.
    mutating func beginChange() { lastRevision += 1 }

    mutating func addUser(_ user: User) {
        let number = users.add(user)
        touch(number)
    }

    mutating func changeUser(_ number: UInt32, to user: User) {
        let isRenamed = users[number].username != user.username
        users.change(number, to: user)
        guard isRenamed else { return }
        for index in users.slots.indices where users.slots[index].contacts.contains(number) {
            touchRow(of: UInt32(index), in: conversation(UInt32(index), number))
        }
    }

    mutating func removeUser(_ number: UInt32) {
        touch(number)
        let affected = users.remove(number)
        for index in users.slots.indices {
            let other = UInt32(index)
            guard let conversation = users.conversation(number, other) else { continue }
            users.setConversation(number, other, to: nil)
            rows.remove(conversation)
            reads.remove(conversation)
            let numbers = conversations.remove(conversation)
            for message in numbers { messages.move(message, to: .none) }
            photos.remove(ofMessages: numbers)
            released.append(numbers)
        }
        rows.removeUser(number)
        for other in affected {
            touch(other)
            forgetCursors(of: other)
        }
    }

    /// Adds a message. The caller has checked it.
    ///
    /// - Parameters:
    ///   - deletedAt: The time of the deletion, for a tombstone.
    ///   - setsTime: Whether its timestamp may become the newest, and whether it is counted as
    ///     unread. For records of `db.json` the file's last line and `endMarkers` do that.
    ///   - setsRevisions: Whether it counts as a change. Records of a `db.json` that states the
    ///     revisions do not.
    mutating func addMessage(
        hash: UInt64, from sender: UInt32, to receiver: UInt32, timestamp: Int64,
        photo: PhotoID? = nil, deletedAt: Int64? = nil, at address: Address, setsTime: Bool = true,
        setsRevisions: Bool = true
    ) {
        let conversation = conversation(sender, receiver)
        if setsRevisions { touchRows(in: conversation) }
        let isFromSecond = sender > receiver
        let followsFuture = followsFuture(
            timestamp, after: conversations.lastTimestamp(in: conversation),
            newest: newestTimestamp)
        let number = messages.add(
            hash: hash, conversation: conversation, isFromSecond: isFromSecond,
            timestamp: timestamp, at: address)
        conversations.append(
            number, fromSecond: isFromSecond, timestamp: timestamp,
            revision: setsRevisions ? lastRevision : nil, to: conversation)
        conversations.addBytes(address.length, fromSecond: isFromSecond, to: conversation)
        if let photo { photos.add(photo, of: number) }
        if setsTime { countUnread(number, 1) }
        if setsTime, !followsFuture { raiseNewestTimestamp(to: timestamp) }
        if let deletedAt {
            markDeleted(number, at: deletedAt, setsTime: setsTime, setsRevisions: setsRevisions)
        }
    }

    /// Makes the message a tombstone, whose record has this address. The caller has checked it.
    mutating func deleteMessage(_ number: UInt32, at deletedAt: Int64, to address: Address) {
        touchRows(in: messages.conversation(of: number))
        moveMessage(number, to: address)
        photos.remove(ofMessages: [number])
        markDeleted(number, at: deletedAt, setsTime: true, setsRevisions: true)
    }

    private mutating func markDeleted(
        _ number: UInt32, at deletedAt: Int64, setsTime: Bool, setsRevisions: Bool
    ) {
        let conversation = messages.conversation(of: number)
        let followsFuture = followsFuture(
            deletedAt, after: conversations.lastTimestamp(in: conversation),
            newest: newestTimestamp)
        if setsTime, !messages.isDeleted(number) { countUnread(number, -1) }
        messages.markDeleted(number)
        conversations.addTombstone(
            number, deletedAt: deletedAt, revision: setsRevisions ? lastRevision : nil,
            in: conversation)
        if setsTime, !followsFuture { raiseNewestTimestamp(to: deletedAt) }
    }

    mutating func moveMessage(_ number: UInt32, to address: Address) {
        countBytes(of: number, to: address.length)
        messages.move(number, to: address)
    }

    /// Counts the bytes of a record that takes the place of another.
    private mutating func countBytes(of number: UInt32, to length: Int) {
        conversations.addBytes(
            length - messages.address(of: number).length,
            fromSecond: messages.isFromSecond(number), to: messages.conversation(of: number))
    }

    mutating func removeMessage(_ number: UInt32) {
        let conversation = messages.conversation(of: number)
        touchRows(in: conversation)
        if !messages.isDeleted(number) { countUnread(number, -1) }
        countBytes(of: number, to: 0)
        let rank = rank(after: messages.timestamp(of: number), in: conversation) - 1
        conversations.remove(
            at: rank, fromSecond: messages.isFromSecond(number), revision: lastRevision,
            from: conversation)
        photos.remove(ofMessages: [number])
        messages.remove(number)
    }

    /// Makes contacts mutual, and drops contacts who are no users.
    mutating func mendContacts() -> UserTable.MendedContacts { users.mendContacts() }

    mutating func addKey(version: Int, fingerprint: ByteText) {
        knownKeys[version] = fingerprint
    }

    mutating func removeKey(version: Int) {
        knownKeys[version] = nil
    }

    mutating func addInvite(_ digest: ByteText, expiresAt: Int64) {
        invites[digest] = expiresAt
    }

    mutating func removeInvite(_ digest: ByteText) {
        invites[digest] = nil
    }

    mutating func raiseNewestTimestamp(to timestamp: Int64) {
        guard timestamp <= StoredMessage.timestamps.upperBound else { return }
        newestTimestamp = max(newestTimestamp, timestamp)
    }

    /// Returns whether a timestamp is only the conversation's last one plus 1, and that last one is
    /// dated in the future. Such a timestamp must not raise `newestTimestamp`.
    func followsFuture(_ timestamp: Int64, after last: Int64, newest: Int64) -> Bool {
        last > newest && last < .max && timestamp == last + 1
    }

    mutating func lowerNewestTimestamp(to timestamp: Int64) {
        newestTimestamp = min(newestTimestamp, timestamp)
    }

    /// Sorts conversations whose messages were not added in the order of their timestamps. Returns
    /// every message whose timestamp equals that of the message before it.
    mutating func sortConversations() -> [UInt32] {
        let timestamps = messages.timestamps
        return conversations.sort { timestamps[Int($0)] }
    }

    /// Frees the memory of up to `max` messages that can no longer be found.
    mutating func reclaim(_ max: Int) {
        var left = max
        while left > 0, var numbers = released.popLast() {
            let count = min(left, numbers.count)
            for number in numbers.suffix(count) { messages.remove(number) }
            numbers.removeLast(count)
            left -= Swift.max(count, 1)
            if !numbers.isEmpty { released.append(numbers) }
        }
    }

    // MARK: Revisions of a snapshot

    /// Adds a user with the revisions of the user's list, if the record states them.
    mutating func addUser(_ record: UserRecord) {
        let number = users.add(record.user)
        if let revision = record.revision {
            setRevision(revision, ofUser: number)
        } else {
            touch(number)
        }
        if record.oldestCursor > 0 { rows.setOldestCursor(record.oldestCursor, of: number) }
        for recorded in record.conversations {
            let conversation = conversation(number, users.numberOrNew(for: recorded.partner))
            conversations.setRevisions(recorded.revisions, of: conversation)
            setRow(recorded.row, of: number, in: conversation)
            setMarker(recorded.row.readUpTo, of: number, in: conversation)
        }
    }

    mutating func setLastRevision(_ revision: UInt32) { lastRevision = revision }

    // MARK: Folding

    mutating func beginFold() -> ChunkedArray<UInt64> { messages.beginFold() }
    mutating func endFold(_ addresses: ChunkedArray<UInt64>) { messages.endFold(addresses) }
    mutating func abandonFold() { messages.abandonFold() }

    mutating func conversation(_ one: UInt32, _ other: UInt32) -> UInt32 {
        if let known = users.conversation(one, other) { return known }
        let new = conversations.add(one, other)
        users.setConversation(one, other, to: new)
        return new
    }

    mutating func touch(_ user: UInt32) {
        setRevision(lastRevision, ofUser: user)
        if notesTouched { touched.append(user) }
    }

    mutating func takeTouched() -> [UInt32] {
        defer { touched.removeAll(keepingCapacity: touched.count < 64) }
        return touched
    }

    private mutating func setRevision(_ revision: UInt32, ofUser user: UInt32) {
        while userRevisions.count <= user { userRevisions.append(0) }
        userRevisions[Int(user)] = revision
    }
}
