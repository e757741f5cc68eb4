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
    /// The largest length of a page's records in bytes. A single longer record has a page of its
    /// own.
    package static let pageBytesMax = 64 << 10

    private let store: any ChatStore
    private let vault: SharedVault
    private let clock: @Sendable () -> Int64
    private let log: RateLimitedLog
    private var quota: SendQuota
    private var capacity: StoreCapacity
    /// The pending sends. A duplicate resumes with the stored message, or with nil to send the
    /// message itself.
    private var pending = PendingSends<Waiter<Message?>>()

    /// - Parameters:
    ///   - quotas: The limits of a user, and the capacity of the store.
    ///   - clock: The time of day in milliseconds since 1970. It may jump.
    package init(
        store: any ChatStore, vault: SharedVault, quotas: Quotas, loop: EventLoop,
        clock: @escaping @Sendable () -> Int64, log: RateLimitedLog
    ) {
        self.store = store
        self.vault = vault
        self.loop = loop
        self.clock = clock
        self.log = log
        quota = SendQuota(quotas)
        capacity = StoreCapacity(messagesMax: quotas.messagesMax)
    }

    // MARK: Sending

    /// Seals and stores a message, and returns once it is durable.
    ///
    /// - Parameter id: An id chosen by the client, or nil. Repeated sends of one id with the same
    ///   users and text return the same message.
    package func send(
        from sender: UserID, to receiver: UserID, _ raw: ByteText, id: MessageID?
    ) async throws -> Message {
        let text = try MessageText(sanitising: raw)
        guard let receiver = try await store.knownID(receiver) else { throw ChatFault.userNotFound }
        guard let id else {
            return try await send(from: sender, to: receiver, text, MessageID(RandomID.uuid()))
        }
        if let sent = await outcomeOfPendingSend(id) {
            return try same(sent, sender, receiver, text)
        }
        do {
            let message = try await sendOrFind(from: sender, to: receiver, text, id)
            for duplicate in pending.finish(id) { duplicate.resume(returning: message) }
            return message
        } catch {
            pending.handOver(id)?.resume(returning: nil)
            throw error
        }
    }

    /// Waits while another caller is sending a message of this id. Returns the stored message, or
    /// nil if the caller has to send it.
    private func outcomeOfPendingSend(_ id: MessageID) async -> Message? {
        if pending.begin(id) { return nil }
        return await Waiter().wait {
            pending.wait($0, for: id)
            return nil
        }
    }

    private func sendOrFind(
        from sender: UserID, to receiver: UserID, _ text: MessageText, _ id: MessageID
    ) async throws -> Message {
        guard let stored = try await store.message(id) else {
            return try await send(from: sender, to: receiver, text, id)
        }
        return try await same(stored, sender, receiver, text)
    }

    /// Sends a message for the first time. A failed send costs the sender nothing.
    private func send(
        from sender: UserID, to receiver: UserID, _ text: MessageText, _ id: MessageID
    ) async throws -> Message {
        try await requireFriendship(sender, receiver)
        try capacity.check(try await store.messageCount)
        let recordBytes = SendQuota.recordBytes(of: text, sender, receiver, id)
        let charge = try take(recordBytes, for: sender)
        do {
            let content = try await vault.seal(
                text.text, context: MessageContext.text(sender, receiver, id), for: sender)
            return Message(try await store(content, from: sender, to: receiver, id), text)
        } catch {
            quota.giveBack(charge, to: sender)
            throw error
        }
    }

    private func take(
        _ recordBytes: Int, for sender: UserID
    ) throws(ChatFault) -> SendQuota.Charge {
        do { return try quota.take(recordBytes, for: sender) } catch {
            log.log(
                .info, "sends throttled", source: sender.text.string,
                naming: ["user": "\(sender)"])
            throw error
        }
    }

    private func store(
        _ content: ByteText, from sender: UserID, to receiver: UserID, _ id: MessageID
    ) async throws -> StoredMessage {
        let conversation = Conversation(sender, receiver)
        let (now, capacity) = (clock(), capacity)
        let needs: [Fact] = [
            .userID(receiver), .contact(of: sender, receiver), .messageID(id), .messageCount,
            .lastTimestamp(conversation), .newestTimestamp,
        ]
        let (stored, count) = try await store.commit(reading: needs) { facts in
            guard facts.hasUser(receiver) else { throw ChatFault.userNotFound }
            guard facts.areFriends(sender, receiver) else { throw ChatFault.notFriends }
            if facts.isUsed(id) { throw ChatFault.idReused }
            try capacity.check(facts.messageCount)
            let timestamp = try MessageTime.next(
                after: facts.lastTimestamp(in: conversation), newest: facts.newestTimestamp, at: now
            )
            let message = StoredMessage(
                id: id, senderId: sender, receiverId: receiver, content: content,
                timestamp: timestamp)
            return (.messageAdded(message), (message, facts.messageCount + 1))
        }
        self.capacity.warn(count, log)
        return stored
    }

    /// Checks the friendship before the vault is asked. The commit repeats the check.
    private func requireFriendship(_ sender: UserID, _ receiver: UserID) async throws {
        guard try await store.areFriends(sender, receiver) else { throw ChatFault.notFriends }
    }

    /// Returns the stored message if it equals the one being sent, so that the send is done
    /// already.
    private func same(
        _ stored: StoredMessage, _ sender: UserID, _ receiver: UserID, _ text: MessageText
    ) async throws -> Message {
        guard stored.senderId == sender, stored.receiverId == receiver else {
            throw ChatFault.idReused
        }
        let opened = try await vault.open(for: sender) { RecordedMessages([stored]) }
        logUnopened(in: opened)
        if opened.texts == [.keyRetired] { throw VaultFault.keyRetired }
        guard opened.texts == [.text(JSONText(text.text))] else { throw ChatFault.idReused }
        return Message(stored, text)
    }

    /// Returns the message that another caller has just stored, if the duplicate equals it.
    private func same(
        _ sent: Message, _ sender: UserID, _ receiver: UserID, _ text: MessageText
    ) throws -> Message {
        guard sent.senderId == sender, sent.receiverId == receiver, sent.content == text.text
        else { throw ChatFault.idReused }
        return sent
    }

    // MARK: Reading

    /// Returns the revision of a conversation whose facts its reader was given.
    ///
    /// - Throws: `ChatFault.notFriends` if the friendship of the two has ended.
    package static func revision(toRead facts: PollFacts) throws(ChatFault) -> UInt64 {
        if facts.hasEnded { throw .notFriends }
        return facts.revision
    }

    /// Returns a page of the conversation, oldest first. It has at most `pageBytesMax` bytes, and
    /// at most `batchMax` messages if the range has no limit.
    ///
    /// - Parameters:
    ///   - reader: The user whose share of the vault the page uses.
    ///   - size: `large` for a page that continues an answer which has begun.
    /// - Throws: `VaultFault.busy` if too many pages of this reader wait already. A `large` page is
    ///   never refused.
    package func page(
        of conversation: Conversation, _ range: HistoryRange, for reader: UserID,
        _ size: CallSize = .small
    ) async throws -> MessagePage {
        let page = try await vault.open(for: reader, size) {
            try await store.messages(
                in: conversation, range.page(limit: Self.batchMax, bytesMax: Self.pageBytesMax))
        }
        logUnopened(in: page)
        return page
    }

    /// Throws the fault that reading a page of this range would throw, without use of the vault.
    package func checkReadable(
        _ conversation: Conversation, _ range: HistoryRange
    ) async throws {
        let first = try await store.messages(
            in: conversation, MessageRange(after: range.after, before: range.before, limit: 1))
        if !first.isEmpty { try await vault.check() }
    }

    private func logUnopened(in page: MessagePage) {
        guard !page.isReadable else { return }
        var unopened = UnopenedMessages()
        for (message, text) in zip(page.recorded.messages, page.texts) where !text.isFound {
            unopened.add(message, text)
        }
        unopened.log(to: log)
    }
}
