internal import Encoding
internal import EventLoop
internal import Storage

/// Reads the earlier system's messages as messages of this system, in batches.
struct EarlierReading: Sendable {
    fileprivate let data: EarlierData
    fileprivate let users: EarlierUsers
    private let folder: String
    private let threads: WorkerPool

    init(_ data: EarlierData, _ users: EarlierUsers, folder: String, _ threads: WorkerPool) {
        self.data = data
        self.users = users
        self.folder = folder
        self.threads = threads
    }

    /// Returns the batches from the first message on.
    ///
    /// - Parameter notes: Receives dropped messages. Nil if an earlier pass has named them.
    func batches(notes: TakeoverNotes?) -> Batches {
        Batches(reading: self, notes: notes, folder: folder, threads: threads)
    }

    struct Batches {
        fileprivate let reading: EarlierReading
        fileprivate let notes: TakeoverNotes?
        fileprivate let folder: String
        fileprivate let threads: WorkerPool
        private var cursor: EarlierCursor?

        fileprivate init(
            reading: EarlierReading, notes: TakeoverNotes?, folder: String, threads: WorkerPool
        ) {
            self.reading = reading
            self.notes = notes
            self.folder = folder
            self.threads = threads
        }

        /// Returns the next batch with its contents unchanged, or nil at the end.
        mutating func next() async throws -> [StoredMessage]? {
            let (reading, notes, folder, before) = (reading, notes, folder, cursor)
            let (batch, after) = try await threads.run {
                Result {
                    var cursor = try before ?? EarlierCursor(StoreFolder(folder).earlierStore())
                    return (try cursor.batch(reading.data, reading.users, notes), cursor)
                }
            }.get()
            cursor = after
            return batch.isEmpty ? nil : batch
        }
    }
}

/// The position in the messages, with the state that the next ones depend on.
private struct EarlierCursor: Sendable {
    /// The largest number of texts in a batch, and of their bytes unless it is one text. Few are
    /// open at once, so the vault can queue them even if every byte needs a six-byte escape.
    private static let batchMax = 100
    private static let batchBytesMax = 1 << 20

    private var records: EarlierRecords
    private var times = EarlierTimes()
    /// Hashes of all ids so far. A message whose id collides gets another id, which is harmless.
    private var ids: Set<Int> = []
    /// A message that was read, but was too long for the previous batch.
    private var held: StoredMessage?

    init(_ records: EarlierRecords) { self.records = records }

    /// Returns the next batch, which is empty at the end.
    mutating func batch(
        _ data: EarlierData, _ users: EarlierUsers, _ notes: TakeoverNotes?
    ) throws(TakeoverFault) -> [StoredMessage] {
        var batch: [StoredMessage] = []
        var byteCount = 0
        while batch.count < Self.batchMax {
            var next = takeHeld()
            if next == nil { next = try place(data, users, notes) }
            guard let message = next else { break }
            byteCount += message.content.utf8Count
            if byteCount > Self.batchBytesMax, !batch.isEmpty {
                held = message
                break
            }
            batch.append(message)
        }
        return batch
    }

    private mutating func takeHeld() -> StoredMessage? {
        defer { held = nil }
        return held
    }

    /// Returns the next message whose sender and receiver exist.
    private mutating func place(
        _ data: EarlierData, _ users: EarlierUsers, _ notes: TakeoverNotes?
    ) throws(TakeoverFault) -> StoredMessage? {
        while let (index, message) = try data.message(&records) {
            let (sender, receiver) = (UserID(message.senderId), UserID(message.receiverId))
            guard users.contains(sender), users.contains(receiver) else {
                notes?.add(.droppedMessage, "\(message.id)")
                continue
            }
            let conversation = Conversation(sender, receiver)
            guard let timestamp = times.next(in: conversation, message.timestamp) else {
                throw .unreadable("messages[\(index)] comes after the last timestamp there is")
            }
            let isNew = !message.id.isEmpty && ids.insert(message.id.hashValue).inserted
            return StoredMessage(
                id: MessageID(isNew ? message.id : RandomID.uuid()), senderId: sender,
                receiverId: receiver, content: message.content, timestamp: timestamp)
        }
        return nil
    }
}

/// Converts the earlier system's timestamps to milliseconds that strictly increase in a
/// conversation.
struct EarlierTimes {
    /// A smaller timestamp is in seconds. As milliseconds it would lie before April 1973.
    private static let secondsMax: Int64 = 100_000_000_000

    private var newest: [Conversation: Int64] = [:]

    /// Returns the time of the conversation's next message, in the order of the file. Returns nil
    /// if no message may have that time.
    mutating func next(in conversation: Conversation, _ timestamp: Int64) -> Int64? {
        let isSeconds = timestamp < Self.secondsMax
        let milliseconds = isSeconds ? max(0, timestamp) * 1000 : timestamp
        let next = newest[conversation].map { max($0 + 1, milliseconds) } ?? milliseconds
        guard StoredMessage.timestamps.contains(next) else { return nil }
        newest[conversation] = next
        return next
    }
}
