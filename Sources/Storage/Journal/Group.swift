/// Changes that go to the disk in one write and are confirmed by one fsync.
final class Group {
    /// Beyond this many bytes the next change opens another group, so that none takes long.
    static let bytesMax = 1 << 20

    struct Entry {
        let change: Change
        /// The number of the message that is replaced or removed.
        let message: UInt32?
        /// Where in the group's lines a message's record lies.
        let record: Range<Int>?
    }

    enum Turn {
        case settled(StorageFault?)
        /// The waiting task is to write the next group.
        case lead
    }

    private(set) var entries: [Entry] = []
    private(set) var lines: [UInt8] = []
    private(set) var lastSequence: UInt64 = 0
    private var waiters: [CheckedContinuation<Turn, Never>] = []

    func add(
        _ change: Change, _ encoded: JournalRecord.Encoded, message: UInt32?, sequence: UInt64
    ) {
        let start = JournalLine.append(encoded.json, to: &lines)
        let record = encoded.record.map { $0.lowerBound + start..<$0.upperBound + start }
        entries.append(Entry(change: change, message: message, record: record))
        lastSequence = sequence
    }

    /// The bytes to write, and where among them `lines` begins.
    func bytes(durable: Int64) -> (bytes: [UInt8], start: Int) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.count + 64)
        JournalLine.append(JournalRecord.durable(durable), to: &bytes)
        let start = bytes.count
        bytes.append(contentsOf: lines)
        return (bytes, start)
    }

    func wait(_ waiter: CheckedContinuation<Turn, Never>) {
        waiters.append(waiter)
    }

    func settle(_ fault: StorageFault?) {
        for waiter in waiters { waiter.resume(returning: .settled(fault)) }
        waiters = []
    }

    /// Makes the first who waits for this group write it.
    func appointLeader() {
        waiters.removeFirst().resume(returning: .lead)
    }
}
