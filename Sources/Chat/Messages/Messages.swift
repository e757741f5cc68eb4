package import Encoding
package import EventLoop
internal import Logging
package import RateLimit
package import Storage
import Synchronization

/// Sends and reads messages. A message is plaintext only between the request and the vault. The
/// store receives ciphertext.
package actor Messages {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// The largest number of messages that are opened at once when a whole conversation is read.
    package static let batchMax = 100
    /// The largest length of a page's records in bytes. A longer record has a page of its own.
    package static let pageBytesMax = 64 << 10

    let store: any ChatStore
    let vault: SharedVault
    let clock: @Sendable () -> Int64
    let log: RateLimitedLog
    private let announcements: Announcements?
    let photos: Photos?
    private(set) var quota: SendQuota
    private let sharedBytes: DayAllowance?
    private var capacity: StoreCapacity
    private var pending = PendingSends<Waiter<SendOutcome>>()

    /// - Parameters:
    ///   - quotas: The limits of a user, and the capacity of the store.
    ///   - clock: The time of day in milliseconds since 1970. It may jump.
    ///   - announcements: Learns of each new message.
    ///   - photos: The photos that messages may name, or nil for none.
    package init(
        store: any ChatStore, vault: SharedVault, quotas: Quotas, loop: EventLoop,
        clock: @escaping @Sendable () -> Int64, log: RateLimitedLog,
        announcements: Announcements? = nil, photos: Photos? = nil
    ) {
        self.photos = photos
        self.announcements = announcements
        self.store = store
        self.vault = vault
        self.loop = loop
        self.clock = clock
        self.log = log
        // A part is an hour and a half of typing, and small beside the day's bytes.
        sharedBytes = DayAllowance(
            "bytes", perDay: quotas.bytesPerDay, part: Double(quotas.bytesPerDay / 64), of: store,
            loop: loop)
        quota = SendQuota(quotas, sharesBytes: sharedBytes != nil)
        capacity = StoreCapacity(messagesMax: quotas.messagesMax)
    }

    // MARK: Sending

    /// Seals and stores a message, and returns once it is durable.
    ///
    /// - Parameters:
    ///   - id: An id chosen by the client, or nil. Repeated sends of one id with the same users,
    ///     text and `replyTo` return the same message.
    ///   - replyTo: The message of the same conversation that this one answers.
    ///   - photo: The photo that the message shows. The text may then be empty.
    package func send(
        from sender: UserID, to receiver: UserID, _ raw: ByteText, id: MessageID?,
        replyTo: MessageID? = nil, photo: Photo? = nil
    ) async throws -> Message {
        let text = try MessageText(sanitising: raw, mayBeEmpty: photo != nil)
        guard let found = try await store.sendFacts(from: sender, to: receiver) else {
            throw ChatFault.userNotFound
        }
        let message = OutgoingMessage(
            id: id ?? MessageID(RandomID.uuid()), sender: sender, receiver: found.receiver,
            text: text, replyTo: replyTo, photo: photo)
        if id == nil { return try await sendFirst(message, found) }
        if let sent = try await outcomeOfPendingSend(message.id, of: sender) {
            guard message.matches(sent) else { throw ChatFault.idReused }
            return sent
        }
        do {
            let sent = try await sendOrFind(message, found)
            for duplicate in pending.finish(message.id) {
                duplicate.resume(returning: .sent(sent))
            }
            return sent
        } catch {
            pending.handOver(message.id)?.resume(returning: .handedOver)
            throw error
        }
    }

    /// Waits while another caller sends a message of this id. Returns the stored message, or nil
    /// if the caller has to send it.
    private func outcomeOfPendingSend(
        _ id: MessageID, of sender: UserID
    ) async throws(ChatFault) -> Message? {
        if pending.begin(id) { return nil }
        let outcome = await Waiter<SendOutcome>().wait {
            pending.wait($0, of: sender, for: id) ? nil : .refused
        }
        switch outcome {
        case .sent(let message): return message
        case .handedOver: return nil
        case .refused: throw .tooManyMessages(after: .seconds(1))
        }
    }

    private func sendOrFind(
        _ message: OutgoingMessage, _ found: SendFacts
    ) async throws -> Message {
        if let stored = try await store.message(message.id) {
            return try await same(stored, as: message)
        }
        do { return try await sendFirst(message, found) } catch ChatFault.idReused {
            // Another process of the same store has stored it meanwhile.
            guard let stored = try await store.message(message.id) else {
                throw ChatFault.idReused
            }
            return try await same(stored, as: message)
        }
    }

    /// Sends a message for the first time. A failed send costs the sender nothing.
    ///
    /// - Parameter found: Is checked before the vault is asked. The commit repeats the checks.
    private func sendFirst(
        _ message: consuming OutgoingMessage, _ found: SendFacts
    ) async throws -> Message {
        let (sender, receiver) = (message.sender, message.receiver)
        guard found.areFriends else { throw ChatFault.notFriends }
        if let id = message.replyTo { message.replyTo = try await target(id, of: message) }
        try capacity.check(found.messageCount)
        let charge = try await take(SendQuota.recordBytes(of: message), for: sender)
        do {
            let content = try await vault.seal(
                message.text.text, context: MessageContext.text(sender, receiver, message.id),
                for: sender)
            let stored =
                try await
                (message.photo == nil
                ? commit(content, of: message) : commitNamingPhoto(content, of: message))
            // A page that is open polls, so only those who had closed theirs before are told.
            if found.hasSubscriptions { announcements?.stored(stored) }
            return Message(stored, message.text)
        } catch {
            quota.giveBack(charge, to: sender)
            await sharedBytes?.giveBack(charge.bytes, for: sender.text)
            throw error
        }
    }

    /// Commits a message with a photo, which belongs to it from then on.
    private func commitNamingPhoto(
        _ content: ByteText, of message: OutgoingMessage
    ) async throws -> StoredMessage {
        guard let photo = message.photo?.id, let photos else { throw ChatFault.photoUnknown }
        try await photos.reserve(photo, from: message.sender, to: message.receiver)
        do {
            let stored = try await commit(content, of: message)
            await photos.settle(photo, isNamed: true)
            return stored
        } catch {
            await photos.settle(photo, isNamed: false)
            // Another process of the same store has named or removed it meanwhile.
            if error as? StorageFault == .stale { throw ChatFault.photoUnknown }
            throw error
        }
    }

    private func take(
        _ recordBytes: Int, for sender: UserID
    ) async throws -> SendQuota.Charge {
        do {
            let charge = try quota.take(recordBytes, for: sender)
            if let sharedBytes { try await take(charge, from: sharedBytes, for: sender) }
            return charge
        } catch let error as ChatFault {
            let source = sender.text.string
            log.log(.info, "sends throttled", source: source, naming: ["user": "\(sender)"])
            throw error
        }
    }

    private func take(
        _ charge: SendQuota.Charge, from allowance: DayAllowance, for sender: UserID
    ) async throws {
        do {
            if let wait = try await allowance.take(charge.bytes, for: sender.text) {
                throw ChatFault.tooMuchData(after: wait)
            }
        } catch {
            quota.giveBack(charge, to: sender)
            throw error
        }
    }

    /// Commits the sealed message. Its timestamp is decided here, with facts that include changes
    /// which still wait for their fsync.
    private func commit(
        _ content: ByteText, of message: OutgoingMessage
    ) async throws -> StoredMessage {
        let (sender, receiver) = (message.sender, message.receiver)
        let (now, capacity) = (clock(), capacity)
        let needs: [Fact] = [
            .userID(receiver), .contact(of: sender, receiver), .messageID(message.id),
            .messageCount, .lastTimestamp(message.conversation), .newestTimestamp,
        ]
        let done = try await store.commit(reading: needs) { facts in
            guard facts.hasUser(receiver) else { throw ChatFault.userNotFound }
            guard facts.areFriends(sender, receiver) else { throw ChatFault.notFriends }
            if facts.isUsed(message.id) { throw ChatFault.idReused }
            let count = facts.messageCount
            try capacity.check(count)
            let timestamp = try MessageTime.next(
                after: facts.lastTimestamp(in: message.conversation),
                newest: facts.newestTimestamp, at: now)
            let stored = StoredMessage(
                id: message.id, senderId: sender, receiverId: receiver, content: content,
                timestamp: timestamp, contextForm: .lengths, replyTo: message.replyTo,
                photo: message.photo)
            return (.messageAdded(stored), Committed(message: stored, count: count + 1))
        }
        self.capacity.warn(done.count, log)
        return done.message
    }

    /// A tuple would have the runtime search for its type at each send.
    private struct Committed: Sendable {
        let message: StoredMessage
        /// The number of messages with this one.
        let count: Int
    }

    /// Returns the id of the message that a reply answers, as the store spells it.
    ///
    /// No commit repeats the check: a message leaves the store only with one of its two users, and
    /// the commit needs both.
    private func target(
        _ id: MessageID, of message: OutgoingMessage
    ) async throws -> MessageID {
        guard let target = try await store.message(id),
            target.conversation == message.conversation
        else { throw ChatFault.replyUnknown }
        return target.id
    }

    /// Returns the stored message if it equals the one being sent, so that the send is done
    /// already.
    private func same(
        _ stored: StoredMessage, as message: OutgoingMessage
    ) async throws -> Message {
        guard message.matches(stored) else { throw ChatFault.idReused }
        let opened = try await vault.open(for: message.sender) { RecordedMessages([stored]) }
        opened.logUnopened(to: log)
        if opened.texts == [.keyRetired] { throw VaultFault.keyRetired }
        guard opened.texts == [.text(JSONText(message.text.text))] else {
            throw ChatFault.idReused
        }
        return Message(stored, message.text)
    }
}
