internal import Encoding
internal import EventLoop

/// Builds the index from an incomplete set of records and changes. It adapts records that do not
/// fit because others are missing, and reports each.
struct SalvageReplay {
    private(set) var replay: Replay
    var notes: SalvageNotes
    /// The path of the current file.
    private(set) var path: String
    /// The newest timestamp of the messages in `db.json`.
    private(set) var newestInSnapshot: Int64 = 0
    /// Users without a record, whom messages or friendships refer to.
    private var standIns: Set<UserID> = []
    private var removed: Set<UserID> = []
    /// The rows of the users' records in `db.json`.
    var rows: [(user: UserID, record: RecordedConversation)] = []
    private let folder: Folder

    init(snapshot: (any DiskFile)?, _ folder: Folder, _ notes: SalvageNotes) {
        self.folder = folder
        self.notes = notes
        path = folder.snapshot
        replay = Replay(snapshot: snapshot, path: folder.snapshot)
    }

    var memory: MemoryState { replay.memory }
    /// Whether the files state read markers. All messages before count as read.
    var statesMarkers: Bool {
        get { replay.statesMarkers }
        set { replay.statesMarkers = newValue }
    }
    var standInCount: Int { standIns.count }

    mutating func begin(_ segment: Generation.Segment, path: String) {
        self.path = path
        replay.begin(segment, path: path)
    }

    mutating func leaveOut(_ offset: Int64?, _ text: String) {
        notes.leaveOut(path, offset, text)
    }

    func remark(_ offset: Int64?, _ text: String) { notes.remark(path, offset, text) }

    // MARK: Changes

    mutating func apply(
        _ json: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) {
        guard let entry = try? JournalEntry(json) else {
            return leaveOut(offset, "a change that this version does not know")
        }
        switch entry {
        case .segment, .durable: return
        case .allRead:
            // A segment that is folded already may come after what was unread since.
            if !statesMarkers { memory.index.markAllRead() }
            statesMarkers = true
        case .messagesRead(let reader, let other, let time, _):
            markRead(reader, other, upTo: time)
        case .messageAdded(let message, let record):
            try add(message, record, in: json, at: offset)
        case .messageReplaced(let message, let record):
            try replace(message, record, in: json, at: offset)
        case .messageDeleted(let message, let record):
            try delete(message, record, in: json, at: offset)
        case .messageRemoved(let id, let sender, let receiver, let timestamp):
            remove(id, sender, receiver, timestamp)
        case .userAdded(let user): add(user, at: offset)
        case .userInvited(let user, let digest):
            memory.index.removeInvite(digest)
            add(user, at: offset)
        case .userChanged(let user): change(user, at: offset)
        case .userRemoved(let id):
            if let number = memory.index.users.number(of: id) { memory.index.removeUser(number) }
            standIns.remove(id)
            removed.insert(id)
        case .befriended(let one, let other, let time):
            guard one != other, let one = number(of: one, at: offset),
                let other = number(of: other, at: offset)
            else { return }
            memory.index.befriend(one, other, at: time)
        case .parted(let one, let other):
            guard let one = memory.index.users.number(of: one),
                let other = memory.index.users.number(of: other)
            else { return }
            memory.index.part(one, other)
        case .blocked(let one, let other):
            guard let one = number(of: one, at: offset), let other = number(of: other, at: offset)
            else { return }
            memory.index.block(one, by: other)
        case .unblocked(let one, let other):
            guard let one = memory.index.users.number(of: one),
                let other = memory.index.users.number(of: other)
            else { return }
            memory.index.unblock(one, by: other)
        case .keySeen(let version, let fingerprint):
            memory.index.addKey(version: version, fingerprint: fingerprint)
        case .keyForgotten(let version): memory.index.removeKey(version: version)
        case .subscribed(let user, let subscription): memory.subscribe(user, subscription)
        case .unsubscribed(let user, let endpoints): memory.unsubscribe(user, endpoints)
        case .invitesAdded(let invites):
            for invite in invites {
                memory.index.addInvite(invite.digest, expiresAt: invite.expiresAt)
            }
        case .invitesRemoved(let digests):
            for digest in digests { memory.index.removeInvite(digest) }
        }
    }

    // MARK: Users

    mutating func add(_ user: User, at offset: Int64) {
        guard let number = memory.index.users.number(ofExactly: user.id) else {
            var user = user
            if memory.index.users.number(namedExactly: user.username) != nil {
                let name = freeName()
                remark(
                    offset,
                    "user \(user.id) has the name of another, \(user.username): it is \(name) now")
                user.username = name
            }
            return memory.index.addUser(user)
        }
        let known = memory.index.users.user(number)
        if standIns.contains(user.id) { return change(user, at: offset) }
        // A segment that is folded already repeats a record of `db.json`.
        if known.username == user.username, known.password == user.password { return }
        leaveOut(offset, "user \(user.id): another record of this user stands before it")
    }

    private mutating func change(_ user: User, at offset: Int64) {
        guard let number = memory.index.users.number(of: user.id) else {
            if !removed.contains(user.id) { add(user, at: offset) }
            return
        }
        var user = user
        standIns.remove(user.id)
        let holder = memory.index.users.number(namedExactly: user.username)
        if let holder, holder != number {
            remark(offset, "user \(user.id) keeps a name: \(user.username) is another's")
            user.username = memory.index.users[number].username
        }
        memory.index.changeUser(number, to: user)
    }

    /// Returns the user of this id. It makes an account if the user's record is lost.
    private mutating func number(of id: UserID, at offset: Int64) -> UInt32? {
        if let number = memory.index.users.number(of: id) { return number }
        guard !removed.contains(id) else { return nil }
        let name = freeName()
        memory.index.addUser(
            User(
                id: id, username: name, password: SealedForm.unusableHash(),
                epoch: Int.random(in: 1..<(1 << 53))))
        standIns.insert(id)
        remark(
            offset,
            "user \(id) is named here, and no record of them is left: they are \(name) now. Give "
                + "them their name and a password with `ChatCore users rename` and "
                + "`users reset-password`")
        return memory.index.users.number(of: id)
    }

    private func freeName() -> ByteText {
        var number = standIns.count + 1
        while memory.index.users.number(named: "salvaged-\(number)") != nil { number += 1 }
        return "salvaged-\(number)"
    }

    // MARK: Messages

    /// Adds a message. `record` is nil for a record of `db.json`, which fills all of the bytes.
    mutating func add(
        _ message: MessageRecord, _ record: Range<Int>? = nil, in json: Span<UInt8>,
        at offset: Int64
    ) throws(StorageFault) {
        guard let read = Self.read(message, record, in: json) else {
            return leaveOut(offset, "message \(DamagedText.id(in: json) ?? "?"): not UTF-8")
        }
        guard let address = try address(of: record, json, offset) else {
            return leaveOut(offset, "message \(read.id): too long, or too far in its file")
        }
        let hash = read.id.hash
        if let known = try replay.known(hash, message.id, in: json, at: offset) {
            // A deleted message stays deleted, whatever an earlier segment holds.
            if !memory.index.messages.isDeleted(known), try !isSame(known, json, record) {
                leaveOut(offset, "message \(read.id): another of this id stands before it")
            }
            return
        }
        guard let sender = number(of: read.senderId, at: offset),
            let receiver = number(of: read.receiverId, at: offset)
        else { return }
        if let photo = read.photo, memory.index.photos.message(of: photo.id) != nil {
            return leaveOut(offset, "message \(read.id): its photo is another message's")
        }
        memory.index.addMessage(
            hash: hash, from: sender, to: receiver, timestamp: read.timestamp,
            photo: read.photo?.id, deletedAt: read.deletedAt, at: address, setsTime: record != nil)
        for time in [read.timestamp, read.deletedAt ?? 0]
        where record == nil && StoredMessage.timestamps.contains(time) {
            newestInSnapshot = max(newestInSnapshot, time)
        }
    }

    private mutating func replace(
        _ message: MessageRecord, _ record: Range<Int>, in json: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) {
        guard let number = try? replay.find(message, in: json, at: offset) else {
            return try add(message, record, in: json, at: offset)
        }
        if memory.index.messages.isDeleted(number) { return }
        memory.index.moveMessage(number, to: try replay.address(of: record, offset))
    }

    /// Makes a message a tombstone. A tombstone whose message is lost is added as it is.
    private mutating func delete(
        _ message: MessageRecord, _ record: Range<Int>, in json: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) {
        guard let number = try? replay.find(message, in: json, at: offset) else {
            return try add(message, record, in: json, at: offset)
        }
        guard let deletedAt = message.deletedAt, !memory.index.messages.isDeleted(number) else {
            return
        }
        memory.index.deleteMessage(
            number, at: deletedAt, to: try replay.address(of: record, offset))
    }

    private mutating func remove(
        _ id: MessageID, _ sender: UserID, _ receiver: UserID, _ timestamp: Int64
    ) {
        // Ranks are valid only in sorted conversations.
        removeRepeated()
        let users = (
            memory.index.users.number(of: sender), memory.index.users.number(of: receiver)
        )
        let number = replay.find(id.hash, users.0, users.1, timestamp)
        if let number { memory.index.removeMessage(number) }
    }

    /// Sorts all conversations. Of two messages with one timestamp the later one is left out.
    mutating func removeRepeated() {
        for number in memory.index.sortConversations().reversed() {
            let address = memory.index.messages.address(of: number)
            notes.leaveOut(
                "\(folder.path)/\(replay.generation.name(of: address))", Int64(address.offset),
                "message \((try? read(address)).map(\.id.description) ?? "?"): another of its "
                    + "conversation has the same timestamp")
            memory.index.removeMessage(number)
        }
    }

    private func read(_ address: Address) throws(StorageFault) -> StoredMessage? {
        try RecordReading.read(RecordReading([address], in: replay.generation).runs[...])
            .messages.first
    }

    /// Returns whether a known message has the same bytes, at any address.
    private func isSame(
        _ number: UInt32, _ json: Span<UInt8>, _ record: Range<Int>?
    ) throws(StorageFault) -> Bool {
        guard let known = try read(memory.index.messages.address(of: number)) else { return false }
        return json.extracting(record ?? json.indices).equals(MessageRecord.json(known).span)
    }

    private func address(
        of record: Range<Int>?, _ json: Span<UInt8>, _ offset: Int64
    ) throws(StorageFault) -> Address? {
        guard let record else { return Address(snapshotOffset: Int(offset), length: json.count) }
        return try? replay.address(of: record, offset)
    }

    private static func read(
        _ message: MessageRecord, _ record: Range<Int>?, in json: Span<UInt8>
    ) -> StoredMessage? {
        guard let checked = try? MessageRecord(record, of: json) else { return nil }
        return checked.message(in: json)
    }
}
