internal import Encoding
package import EventLoop
internal import Logging
internal import RateLimit
package import Storage

/// The store in PostgreSQL, which any number of processes share.
///
/// One row of the database, the head, orders all changes. A batch of decisions locks it, reads what
/// the decisions declare, and writes and commits what they decide, in two round trips. One task
/// must run `maintain`, or nothing is read or written.
package actor PostgresStore: ChatStore {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private static let pollQueriesAtOnce = 2

    let connector: Connector
    let log: RateLimitedLog
    let reads: ReadPool
    private nonisolated let kept: PostgresPhotos
    package nonisolated var photos: (any PhotoStore)? { kept }
    /// Names this process among those that commit.
    let replica: ByteText
    let shared: LoopBound<SharedFacts>
    var proposals: [Proposal] = []
    let writerGate: LoopBound<Gate>
    /// The number of this process's last batch.
    var batch: Int64 = 0
    private let closing: LoopBound<Gate>
    /// The number of proposals that are taken one by one, since they failed together.
    var singles = 0
    var pollMisses: [PollMiss] = []
    var pollCache = PollCache()
    var idlePollGates: [LoopBound<Gate>] = []
    var isClosed = false
    package nonisolated let counts = StoreCounts()
    /// The size as it was read last.
    var knownSize: (size: DatabaseSize, readAt: MonotonicTime)?

    init(_ connector: Connector, loop: EventLoop, logger: Logger) {
        self.connector = connector
        self.loop = loop
        log = RateLimitedLog(logger)
        reads = ReadPool(connector, loop: loop, log: log)
        kept = PostgresPhotos(connector, loop: loop, log: log)
        shared = LoopBound(SharedFacts(), to: loop)
        writerGate = LoopBound(Gate(), to: loop)
        closing = LoopBound(Gate(), to: loop)
        replica = ByteText(Hex.encode((0..<16).map { _ in UInt8.random(in: 0...255) }))
    }

    /// Reads and writes until the task is cancelled.
    package func maintain() async {
        let (loop, reads, photos, log) = (loop, reads, kept.pool, log)
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) { await reads.work() }
            group.addTask(executorPreference: loop) { await photos.work() }
            group.addTask(executorPreference: loop) { await self.write() }
            group.addTask(executorPreference: loop) { await self.expireProposals() }
            for _ in 0..<Self.pollQueriesAtOnce {
                group.addTask(executorPreference: loop) { await self.loadPolls() }
            }
            group.addTask(executorPreference: loop) { await self.watch() }
            group.addTask(executorPreference: loop) { await self.forgetAllowances() }
            group.addTask(executorPreference: loop) { await log.run(on: loop) }
            await closing.pass(on: loop)
            group.cancelAll()
        }
        close()
    }

    /// Ends `maintain`. Changes that wait are refused.
    package func close() {
        isClosed = true
        closing.value.open()
        for proposal in proposals { proposal.finish(StorageFault.closed) }
        proposals = []
    }

    package nonisolated func observeChanges(_ observer: @escaping @Sendable (UserID) -> Void) {
        shared.value.observer = observer
    }

    /// The newest timestamp that this process has met, or 0.
    package nonisolated var newestTimestamp: Int64 { shared.value.newestTimestamp }
}

/// Facts that are read without a wait, on the loop.
final class SharedFacts {
    var observer: (@Sendable (UserID) -> Void)?
    var newestTimestamp: Int64 = 0
    /// The users who have polled lately.
    var pollers: [ByteText: Poller] = [:]

    struct Poller {
        let id: UserID
        /// The number of the last change of the contact list that was seen.
        var changed: Int64
        var polledAt: MonotonicTime
    }

    func noteNewest(_ time: Int64) { newestTimestamp = max(newestTimestamp, time) }
}
