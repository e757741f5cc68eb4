internal import Encoding
internal import EventLoop
internal import Storage

/// Reads the earlier system's messages in this system's shape, some at a time.
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

    /// From the first message on.
    ///
    /// - Parameter notes: Where dropped messages are named; nil where they were already.
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

        /// Nil at the end. The messages still hold what they held.
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

/// How far the messages have been read, and what the next ones have to fit to.
private struct EarlierCursor: Sendable {
    /// How many texts, and how many bytes of them unless it is one, are opened or on their way to
    /// be sealed at a time: few enough to be let wait, be every byte an escape of six.
    private static let batchMax = 100
    private static let batchBytesMax = 1 << 20

    private var records: EarlierRecords
    private var times = EarlierTimes()
    /// Hashes of the ids met: one that only seems to be there gets another id, which harms nobody.
    private var ids: Set<Int> = []
    /// Read, and too long for the batch before.
    private var waiting: StoredMessage?

    init(_ records: EarlierRecords) { self.records = records }

    /// Empty at the end.
    mutating func batch(
        _ data: EarlierData, _ users: EarlierUsers, _ notes: TakeoverNotes?
    ) throws(TakeoverFault) -> [StoredMessage] {
        var batch: [StoredMessage] = []
        var byteCount = 0
        while batch.count < Self.batchMax {
            var next = takeWaiting()
            if next == nil { next = try place(data, users, notes) }
            guard let message = next else { break }
            byteCount += message.content.utf8Count
            if byteCount > Self.batchBytesMax, !batch.isEmpty {
                waiting = message
                break
            }
            batch.append(message)
        }
        return batch
    }

    private mutating func takeWaiting() -> StoredMessage? {
        defer { waiting = nil }
        return waiting
    }

    /// The next message from and to users there are.
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
