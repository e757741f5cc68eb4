internal import Encoding
internal import EventLoop
internal import Metrics

/// A message with the address at which it was found, so that a caller can check whether it moved.
struct FoundMessage: Sendable {
    let number: UInt32
    let address: Address
    let message: StoredMessage
}

/// The result of a search for a message by its id. It may be outdated once the search has waited
/// for the disk.
struct MessageSearch: Sendable {
    let id: MessageID
    let found: FoundMessage?
    /// The numbers of the messages that were read, because they have the hash of the id.
    let numbersRead: Set<UInt32>
}

/// Reads messages at the addresses that memory holds. Use it on the loop.
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
        try await read(memory.value.addresses(in: conversation, range), bytesMax: range.bytesMax)
    }

    func lastMessages(
        in conversations: [Conversation], bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages {
        try await read(memory.value.lastAddresses(in: conversations), bytesMax: bytesMax)
    }

    private func read(
        _ addresses: [Address], bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages {
        let count = Self.count(of: addresses, bytesMax: bytesMax)
        if count == addresses.count { return try await read(addresses) }
        var messages = try await read(Array(addresses.prefix(count)))
        messages.isCut = true
        return messages
    }

    /// Returns how many of the first records have at most `bytesMax` bytes together: at least one.
    private static func count(of addresses: [Address], bytesMax: Int) -> Int {
        var bytes = 0
        for (index, address) in addresses.enumerated() {
            bytes += address.length
            if bytes > bytesMax, index > 0 { return index }
        }
        return addresses.count
    }

    /// See `ChatStore.newestMessages`. Records are read in the order of their addresses, because
    /// neighbours are read at once.
    func newestMessages(
        in feed: inout MessageFeed, limit: Int, bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages {
        let addresses = memory.value.addresses(in: &feed, limit: limit, bytesMax: bytesMax)
        let order = addresses.indices.sorted { addresses[$0].place < addresses[$1].place }
        let messages = try await read(order.map { addresses[$0] })
        return messages.inOrder(order)
    }

    /// Returns messages in the order in which memory holds them.
    func scan(
        after cursor: ScanCursor?, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: ScanCursor?) {
        let (addresses, next) = memory.value.scan(after: cursor, limit: limit)
        return (try await read(addresses).messages, next)
    }

    /// Searches for the message of this id. It reads the messages with the same hash until one has
    /// the id.
    ///
    /// An earlier version stored two messages whose ids differ in case alone. Of two such messages,
    /// the one with the same spelling is found.
    func search(_ id: MessageID) async throws(StorageFault) -> MessageSearch {
        let hash = id.hash
        var numbersRead: Set<UInt32> = []
        var similar: FoundMessage?
        while let (number, address) = memory.value.place(ofHash: hash, except: numbersRead) {
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

    /// Reads the records at these addresses. Records in the page cache are read on the loop, the
    /// rest on a thread.
    func read(_ addresses: [Address]) async throws(StorageFault) -> RecordedMessages {
        let reading = RecordReading(addresses, in: files.value.generation)
        var messages = RecordedMessages()
        for (index, run) in reading.runs.enumerated() {
            if let bytes = run.file.readCached(run.length, at: run.offset) {
                messages.append(try run.parse(bytes))
                continue
            }
            if files.value.isClosed { throw .closed }
            let rest = reading.runs[index...]
            let start = MonotonicTime.current()
            defer { CurrentRequest.spent(MonotonicTime.current() - start, on: .disk) }
            let others = try await threads.background.perform { () throws(StorageFault) in
                try RecordReading.read(rest)
            }
            messages.append(others)
            break
        }
        return messages
    }
}
