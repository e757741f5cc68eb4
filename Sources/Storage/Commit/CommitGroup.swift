internal import EventLoop

/// Changes that one write puts on the disk and one fsync confirms.
final class CommitGroup {
    /// A group of this many bytes takes no further change, so that no write takes long.
    static let bytesMax = 1 << 20

    struct Entry {
        let change: Change
        /// The number of the message that is replaced or deleted.
        let message: UInt32?
        /// The range of a message's record in the group's lines.
        let record: Range<Int>?
    }

    private(set) var entries: [Entry] = []
    private(set) var lines: [UInt8] = []
    private(set) var lastSequence: UInt64 = 0
    /// Whether one of the changes removes something.
    private(set) var removes = false
    private let waiters = WaiterList()
    private var fault: StorageFault?

    func add(
        _ change: Change, _ encoded: JournalRecord.Encoded, message: UInt32?, sequence: UInt64
    ) {
        let start = JournalLine.append(encoded.json, to: &lines)
        let record = encoded.record.map { $0.lowerBound + start..<$0.upperBound + start }
        entries.append(Entry(change: change, message: message, record: record))
        lastSequence = sequence
        removes = removes || change.isRemoval
    }

    /// Waits until the group is written, and returns nil or the fault.
    nonisolated(nonsending) func outcome() async -> StorageFault? {
        await waiters.wait()
        return fault
    }

    func settle(_ fault: StorageFault?) {
        self.fault = fault
        waiters.resumeAll()
    }
}
