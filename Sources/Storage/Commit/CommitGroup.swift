/// Changes that go to the disk in one write and are confirmed by one fsync.
final class CommitGroup {
    /// Beyond this many bytes the next change opens another group, so that none takes long.
    static let bytesMax = 1 << 20

    struct Entry {
        let change: Change
        /// The number of the message that is replaced.
        let message: UInt32?
        /// Where in the group's lines a message's record lies.
        let record: Range<Int>?
    }

    private(set) var entries: [Entry] = []
    private(set) var lines: [UInt8] = []
    private(set) var lastSequence: UInt64 = 0
    private var waiters: [CheckedContinuation<StorageFault?, Never>] = []

    func add(
        _ change: Change, _ encoded: JournalRecord.Encoded, message: UInt32?, sequence: UInt64
    ) {
        let start = JournalLine.append(encoded.json, to: &lines)
        let record = encoded.record.map { $0.lowerBound + start..<$0.upperBound + start }
        entries.append(Entry(change: change, message: message, record: record))
        lastSequence = sequence
    }

    /// Returns what became of the group: nil once it is on the disk.
    func outcome() async -> StorageFault? {
        await withCheckedContinuation { waiters.append($0) }
    }

    func settle(_ fault: StorageFault?) {
        for waiter in waiters { waiter.resume(returning: fault) }
        waiters = []
    }
}
