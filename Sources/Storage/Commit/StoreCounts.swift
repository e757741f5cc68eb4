package import Metrics

/// Counts of the store's writes. The loop writes them.
package final class StoreCounts: Sendable {
    /// The number of changes of each group.
    package let groupSizes = Histogram(.count)
    /// The time of one group's write and fsync, on the journal's thread.
    package let groupTime = Histogram()
    /// The time of one fold, on the background thread.
    package let foldTime = Histogram()
    package let foldedBytes = Tally()
    package let foldFailures = Tally()

    package init() {}
}

/// The size of the store, known without a look at the disk.
package struct StoreSize: Sendable {
    package let users: Int
    package let messages: Int
    package let snapshotBytes: Int64
    package let journalBytes: Int64
    /// The bytes of changes that wait for the disk.
    package let waitingBytes: Int
    /// Whether changes are refused because the disk took no more.
    package let isFull: Bool
}

extension JSONStore {
    package func size() async -> StoreSize {
        await commits.size
    }
}

extension GroupCommit {
    var size: StoreSize {
        StoreSize(
            users: memory.userCount, messages: memory.durableMessageCount,
            snapshotBytes: files.snapshotBytes,
            journalBytes: files.sealedLengths.reduce(files.journalEnd, +),
            waitingBytes: waitingBytes, isFull: fullUntil != nil)
    }
}
