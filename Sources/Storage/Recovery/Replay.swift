internal import Encoding
internal import EventLoop

/// Builds the index from the snapshot's records and the journal's changes, in their order.
struct Replay: SnapshotVisitor, JournalVisitor {
    let memory = MemoryState()
    /// The files that have been read so far.
    private(set) var generation: Generation
    /// The number of changes in the journal, read markers left out.
    private(set) var changeCount = 0
    /// The number of read markers in the journal.
    var markerCount = 0
    /// Whether the files state read markers. All messages before count as read.
    var statesMarkers = false
    /// Whether a change in the journal removes stored content.
    private(set) var holdsRemoval = false
    /// The newest timestamp of the snapshot's messages.
    private var newestInSnapshot: Int64 = 0
    /// The path of the current file, for faults.
    private var path: String
    private var segment = 0
    /// Whether the records of the snapshot's users state revisions, as in format 2.
    private var statesRevisions = false

    /// - Parameter snapshot: Nil if there is only a journal.
    init(snapshot: (any DiskFile)?, path: String) {
        generation = Generation(snapshot: snapshot, segments: [])
        self.path = path
    }

    // MARK: The snapshot

    mutating func user(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault) {
        let found: UserRecord
        do throws(JSONFault) {
            var scanner = JSONScanner()
            found = try UserRecord(&scanner, in: record)
            guard scanner.offset == record.count else {
                throw JSONFault(offset: scanner.offset, problem: .bytesAfterEnd)
            }
        } catch { throw unreadable(error, at: offset) }
        guard memory.index.users.number(ofExactly: found.user.id) == nil,
            memory.index.users.number(namedExactly: found.user.username) == nil
        else { throw damage(offset, "a user stands there twice") }
        let subscriptions = found.user.subscriptions.list
        if subscriptions.contains(where: {
            memory.index.users.endpoints.owner(of: $0.endpoint) != nil
        }) {
            throw damage(offset, "a push endpoint of two users")
        }
        if found.revision != nil { statesRevisions = true }
        memory.index.addUser(found)
    }

    mutating func message(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault) {
        let message: MessageRecord
        do throws(JSONFault) {
            var scanner = JSONScanner()
            message = try MessageRecord(&scanner, in: record)
            guard scanner.offset == record.count else {
                throw JSONFault(offset: scanner.offset, problem: .bytesAfterEnd)
            }
        } catch { throw unreadable(error, at: offset) }
        guard let address = Address(snapshotOffset: Int(offset), length: record.count) else {
            throw damage(offset, "a message longer than 16 MiB, or one beyond 512 GiB")
        }
        if !statesRevisions { memory.index.beginChange() }
        _ = try add(message, in: record, at: offset, address, isInSnapshot: true)
        for time in [message.timestamp, message.deletedAt ?? 0]
        where StoredMessage.timestamps.contains(time) {
            newestInSnapshot = max(newestInSnapshot, time)
        }
    }

    /// Checks the snapshot as a whole. Call it after the last record and before the journal.
    mutating func endSnapshot(_ meta: SnapshotMeta) throws(StorageFault) {
        if let missing = memory.index.users.missingContact {
            throw damage(0, "there is no user \(missing), whom another has as a contact")
        }
        guard memory.index.sortConversations().isEmpty else {
            throw damage(0, "two messages of one conversation have the same timestamp")
        }
        statesMarkers = meta.statesMarkers
        endMarkers()
        if let revision = meta.revision {
            memory.index.setLastRevision(revision)
            memory.index.sortRows()
        }
        guard memory.index.hasSoundRevisions,
            statesRevisions == (meta.revision != nil)
                || memory.index.users.count == 0
        else { throw damage(0, "the revisions in its records do not fit its last line") }
        // The last line states the newest timestamp, because an operator may have lowered it after
        // the clock was ahead. The messages set it only if that line holds no valid time.
        let isTime = StoredMessage.timestamps.contains(meta.newestTimestamp)
        memory.index.raiseNewestTimestamp(to: isTime ? meta.newestTimestamp : newestInSnapshot)
        for (version, fingerprint) in meta.keys {
            memory.index.addKey(version: version, fingerprint: fingerprint)
        }
        for (digest, expiresAt) in meta.invites {
            memory.index.addInvite(digest, expiresAt: expiresAt)
        }
    }

    // MARK: The journal

    mutating func begin(_ segment: Generation.Segment, path: String) {
        generation.segments.append(segment)
        self.segment = segment.number
        self.path = path
    }

    mutating func change(_ json: Span<UInt8>, at offset: Int64) throws(StorageFault) {
        let entry: JournalEntry
        do { entry = try JournalEntry(json) } catch { throw unreadable(error, at: offset) }
        if try takeMarker(entry, at: offset) { return }
        changeCount += 1
        memory.index.beginChange()
        switch entry {
        case .messageAdded(let message, let record):
            let last = try add(message, in: json, at: offset, try address(of: record, offset))
            guard message.timestamp > last, !message.isDeleted else {
                throw damage(offset, "a message that is older than the one before it")
            }
        case .messageReplaced(let message, let record):
            let number = try find(message, in: json, at: offset)
            guard !memory.index.messages.isDeleted(number), !message.isDeleted else {
                throw damage(offset, "a replacement of a deleted message")
            }
            memory.index.moveMessage(number, to: try address(of: record, offset))
        case .messageDeleted(let message, let record):
            try delete(message, record, in: json, at: offset)
        case .messageRemoved(let id, let sender, let receiver, let timestamp):
            guard
                let number = find(
                    id.hash, memory.index.users.number(of: sender),
                    memory.index.users.number(of: receiver), timestamp)
            else { throw damage(offset, "there is no message \(id)") }
            memory.index.removeMessage(number)
        case .userAdded(let user): try apply(.userAdded(user), at: offset)
        case .userInvited(let user, let digest):
            try apply(.userInvited(user, by: digest), at: offset)
        case .userChanged(let user): try apply(.userChanged(user), at: offset)
        case .userRemoved(let id): try apply(.userRemoved(id), at: offset)
        case .befriended(let one, let other, let time):
            try apply(.befriended(one, other, at: time), at: offset)
        case .parted(let one, let other): try apply(.parted(one, other), at: offset)
        case .blocked(let one, let other): try apply(.blocked(one, by: other), at: offset)
        case .unblocked(let one, let other): try apply(.unblocked(one, by: other), at: offset)
        case .keySeen(let version, let fingerprint):
            try apply(.keySeen(version: version, fingerprint: fingerprint), at: offset)
        case .keyForgotten(let version): try apply(.keyForgotten(version: version), at: offset)
        case .subscribed(let user, let subscription):
            try apply(.subscribed(user, subscription), at: offset)
        case .unsubscribed(let user, let endpoints):
            try apply(.unsubscribed(user, endpoints: endpoints), at: offset)
        case .invitesAdded(let invites): try apply(.invitesAdded(invites), at: offset)
        case .invitesRemoved(let digests): try apply(.invitesRemoved(digests), at: offset)
        case .segment, .durable, .messagesRead, .allRead:
            throw damage(offset, "a line that cannot stand here")
        }
    }

    mutating func apply(_ change: Change, at offset: Int64) throws(StorageFault) {
        if let problem = memory.problem(with: change) { throw damage(offset, problem) }
        memory.apply(change, message: nil, at: nil)
        if change.isRemoval { holdsRemoval = true }
    }

    // MARK: Messages

    func address(
        of record: Range<Int>, _ offset: Int64
    ) throws(StorageFault) -> Address {
        let start = Int(offset) + record.lowerBound
        guard let address = Address(segment: segment, offset: start, length: record.count) else {
            throw damage(offset, "a message longer than 16 MiB, or one beyond 4 GiB")
        }
        return address
    }

    /// Adds the message, and returns the newest timestamp that its conversation had before.
    private func add(
        _ message: MessageRecord, in json: Span<UInt8>, at offset: Int64, _ address: Address,
        isInSnapshot: Bool = false
    ) throws(StorageFault) -> Int64 {
        guard let sender = try user(message.senderId, in: json, at: offset),
            let receiver = try user(message.receiverId, in: json, at: offset)
        else { throw damage(offset, "a message from or to nobody") }
        let hash = try hash(message.id, in: json, at: offset)
        if try known(hash, message.id, in: json, at: offset) != nil {
            throw damage(offset, "a message stands there twice")
        }
        // A photo of two messages goes with the first of them.
        let photo = message.photo?.id
        let isTaken = photo.map { memory.index.photos.message(of: $0) != nil } ?? false
        let conversation = memory.index.users.conversation(sender, receiver)
        let last = conversation.map { memory.index.conversations.lastTimestamp(in: $0) }
        memory.index.addMessage(
            hash: hash, from: sender, to: receiver, timestamp: message.timestamp,
            photo: isTaken ? nil : photo, deletedAt: message.deletedAt, at: address,
            setsTime: !isInSnapshot,
            setsRevisions: !isInSnapshot || !statesRevisions)
        return last ?? .min
    }

    /// Makes the message of the tombstone's id, people and timestamp a tombstone.
    private mutating func delete(
        _ tombstone: MessageRecord, _ record: Range<Int>, in json: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) {
        let number = try find(tombstone, in: json, at: offset)
        let conversation = memory.index.messages.conversation(of: number)
        guard let deletedAt = tombstone.deletedAt, !memory.index.messages.isDeleted(number),
            deletedAt > memory.index.conversations.lastTimestamp(in: conversation)
        else { throw damage(offset, "a deletion that does not fit its conversation") }
        memory.index.deleteMessage(
            number, at: deletedAt, to: try address(of: record, offset))
        holdsRemoval = true
    }

    func find(
        _ message: MessageRecord, in json: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) -> UInt32 {
        let number = find(
            try hash(message.id, in: json, at: offset),
            try user(message.senderId, in: json, at: offset),
            try user(message.receiverId, in: json, at: offset), message.timestamp)
        guard let number else { throw damage(offset, "there is no such message") }
        return number
    }

    func find(
        _ hash: UInt64, _ sender: UInt32?, _ receiver: UInt32?, _ timestamp: Int64
    ) -> UInt32? {
        guard let sender, let receiver,
            let conversation = memory.index.users.conversation(sender, receiver)
        else { return nil }
        return memory.index.message(withHash: hash) { number in
            memory.index.messages.timestamp(of: number) == timestamp
                && memory.index.messages.conversation(of: number) == conversation
                && memory.index.sender(of: number) == sender
        }
    }

    private func user(
        _ id: RawJSONString, in json: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) -> UInt32? {
        if id.isPlain {
            return memory.index.users.number(ofBytes: json.extracting(id.inside))
        }
        return memory.index.users.number(of: UserID(try text(id, in: json, at: offset)))
    }

    func hash(
        _ id: RawJSONString, in json: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) -> UInt64 {
        if id.isPlain { return IdentifierHash.of(json.extracting(id.inside)) }
        return IdentifierHash.of(try text(id, in: json, at: offset))
    }

    /// Returns the known message of exactly this id. It reads the record of every message with the
    /// same hash.
    func known(
        _ hash: UInt64, _ id: RawJSONString, in json: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) -> UInt32? {
        var others: Set<UInt32> = []
        while let number = memory.index.message(withHash: hash, where: { !others.contains($0) }) {
            let known = try recordedID(of: number)
            if known == (try text(id, in: json, at: offset)) { return number }
            others.insert(number)
        }
        return nil
    }

    private func recordedID(of number: UInt32) throws(StorageFault) -> ByteText? {
        let address = memory.index.messages.address(of: number)
        var record: [UInt8] = []
        do {
            try generation.file(of: address).read(
                address.length, at: Int64(address.offset), appendingTo: &record)
        } catch { throw StorageFault(reading: error) }
        return try? MessageRecord(of: record.span).id.text(in: record.span)
    }

    private func text(
        _ id: RawJSONString, in json: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) -> ByteText {
        do { return try id.text(in: json) } catch {
            throw unreadable(error, at: offset)
        }
    }

    private func unreadable(_ fault: JSONFault, at offset: Int64) -> StorageFault {
        damage(offset + Int64(fault.offset), fault.problem.rawValue)
    }

    func damage(_ offset: Int64, _ why: String) -> StorageFault {
        .damaged(file: path, offset: offset, why: why)
    }
}
