internal import Encoding
internal import EventLoop

/// A message with where it was found, so that it can be told whether it is still there.
struct FoundMessage: Sendable {
    let number: UInt32
    let address: Address
    let message: StoredMessage
}

/// What a search for a message by its id came to. Others may change that while it waits for the
/// disk.
struct MessageSearch: Sendable {
    let id: MessageID
    let found: FoundMessage?
    /// The numbers of the messages that were read: they have the hash of the id.
    let numbersRead: Set<UInt32>
}

/// Reads messages where memory says that they lie. Used on the loop.
struct RecordReader: Sendable {
    let memory: LoopBound<MemoryState>
    private let files: LoopBound<StoreFiles>
    private let threads: DiskThreads

    init(_ memory: LoopBound<MemoryState>, _ files: LoopBound<StoreFiles>, threads: DiskThreads) {
        self.memory = memory
        self.files = files
        self.threads = threads
    }

    func messages(
        in conversation: Conversation, _ range: MessageRange
    ) async throws(StorageFault) -> RecordedMessages {
        let addresses = memory.here.addresses(in: conversation, range)
        let count = Self.count(of: addresses, bytesMax: range.bytesMax)
        if count == addresses.count { return try await read(addresses) }
        var messages = try await read(Array(addresses.prefix(count)))
        messages.isCut = true
        return messages
    }

    /// How many of the first have as many bytes together: one at least.
    private static func count(of addresses: [Address], bytesMax: Int) -> Int {
        var bytes = 0
        for (index, address) in addresses.enumerated() {
            bytes += address.length
            if bytes > bytesMax, index > 0 { return index }
        }
        return addresses.count
    }

    /// In the order in which memory holds them.
    func scan(
        after cursor: ScanCursor?, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: ScanCursor?) {
        let (addresses, next) = memory.here.scan(after: cursor, limit: limit)
        return (try await read(addresses).messages, next)
    }

    /// The message of this id: those with its hash are read until one has it. An earlier version
    /// stored two where ids differed in case alone: then the one that is spelt so is meant.
    func search(_ id: MessageID) async throws(StorageFault) -> MessageSearch {
        let hash = IdentifierHash.of(id.text)
        var numbersRead: Set<UInt32> = []
        var similar: FoundMessage?
        while let (number, address) = memory.here.place(ofHash: hash, except: numbersRead) {
            for message in try await read([address]).messages where message.id == id {
                let found = FoundMessage(number: number, address: address, message: message)
                if message.id.text == id.text {
                    return MessageSearch(id: id, found: found, numbersRead: numbersRead)
                }
                similar = similar ?? found
            }
            numbersRead.insert(number)
        }
        return MessageSearch(id: id, found: similar, numbersRead: numbersRead)
    }

    /// Reads the records at these places: on the loop what is in memory, the rest on a thread.
    func read(_ addresses: [Address]) async throws(StorageFault) -> RecordedMessages {
        let reading = RecordReading(addresses, in: files.here.generation)
        var messages = RecordedMessages()
        for (index, run) in reading.runs.enumerated() {
            if let bytes = run.file.readCached(run.length, at: run.offset) {
                messages.append(try run.parse(bytes))
                continue
            }
            if files.here.isClosed { throw .closed }
            let rest = reading.runs[index...]
            let others = try await threads.background.perform { () throws(StorageFault) in
                try RecordReading.read(rest)
            }
            messages.append(others)
            break
        }
        return messages
    }
}
