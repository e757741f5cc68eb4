package import Encoding
package import EventLoop
package import Logging
internal import RateLimit

/// The store in a folder: `db.json`, which people can read, and the journal beside it.
///
/// State lives on the loop; what waits for the disk runs on threads of its own. `maintain` has to
/// run beside the callers for the journal to be folded.
package actor JSONStore: ChatStore {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Whether the files were made by this start.
    package nonisolated let isNew: Bool
    private let logger: Logger
    private let threads: DiskThreads
    let memory: LoopBound<MemoryState>
    private let files: LoopBound<StoreFiles>
    let reader: RecordReader
    let commits: GroupCommit
    let compaction: Compaction
    private let activity: AsyncStream<Void>.Continuation

    /// Opens the store in a folder, which is made where it does not exist.
    ///
    /// - Throws: `.locked`; `.damaged`; `.failed`; or, and nothing was changed, `.takeover` or
    ///   `.journalOfAnother` where the earlier system's store lies there. A full disk does not stop
    ///   it.
    package static func open(
        folder path: String, disk: any Disk = SystemDisk(), loop: EventLoop, logger: Logger
    ) async throws(StorageFault) -> JSONStore {
        let folder = Folder(path: path, disk: disk)
        let threads = DiskThreads()
        let opening = try await threads.background.perform { () throws(StorageFault) in
            try Opening(folder)
        }
        let store = JSONStore(opening, threads, folder: folder, loop: loop, logger: logger)
        await store.tellOpening(opening)
        return store
    }

    private init(
        _ opening: Opening, _ threads: DiskThreads, folder: Folder, loop: EventLoop, logger: Logger
    ) {
        self.loop = loop
        self.threads = threads
        self.logger = logger
        isNew = opening.recovery.isNew && opening.ready != nil
        let log = RateLimitedLog(logger)
        let recovered = opening.recovery.memory.take()
        recovered.index.incarnation = opening.incarnation
        memory = LoopBound(recovered, to: loop)
        files = LoopBound(StoreFiles(opening, in: folder), to: loop)
        reader = RecordReader(memory, files, threads: threads)
        let (stream, activity) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.activity = activity
        commits = GroupCommit(
            memory, files, reader: reader, threads: threads, loop: loop, log: log,
            activity: activity)
        compaction = Compaction(
            memory, files, commits: commits, threads: threads, loop: loop, log: log,
            activity: stream)
    }

    private func tellOpening(_ opening: Opening) async {
        let torn = opening.recovery.lastEnd.tornBytes
        if torn > 0 {
            logger.warning(
                "a torn tail was cut off the journal",
                metadata: [
                    "segment": "\(opening.recovery.lastSegment)",
                    "offset": "\(opening.recovery.lastEnd.length)", "bytes": "\(torn)",
                ])
        }
        if opening.ready == nil {
            await commits.awaitRoom()
            logger.error("the disk is full or takes no writes; the store can only be read")
        }
        for exposure in opening.exposures {
            if let fault = exposure.fault {
                logger.warning(
                    "others may read \(exposure.path): run chmod 600 on it",
                    metadata: ["fault": "\(fault)"])
            } else {
                logger.warning("others could read \(exposure.path): its mode is 0600 now")
            }
        }
        if opening.lock == nil { logger.warning("the data folder could not be locked") }
        tellExhausted(opening.recovery.exhausted)
    }

    private func tellExhausted(_ exhausted: (listed: [ExhaustedConversation], count: Int)) {
        guard exhausted.count > 0 else { return }
        for conversation in exhausted.listed { logger.error("\(conversation)") }
        logger.error(
            "conversations take no more messages", metadata: ["count": "\(exhausted.count)"])
    }

    // MARK: Reading what memory holds

    /// The newest timestamp of any message the store has met, or 0.
    package nonisolated var newestTimestamp: Int64 { memory.here.durableNewestTimestamp }
    package func users() -> [User] { memory.here.durableUsers }
    package func user(_ id: UserID) -> User? { memory.here.durableUser(id) }
    package func knownID(_ id: UserID) -> UserID? {
        memory.here.knownID(id)
    }
    package func user(named name: ByteText) -> User? { memory.here.durableUser(named: name) }
    package func contacts(of id: UserID) -> [ContactSummary]? { memory.here.contacts(of: id) }
    package var knownKeys: [Int: ByteText] { memory.here.durableKeys }
    package func invite(_ digest: ByteText) -> Invite? { memory.here.durableInvite(digest) }
    package func invites() -> [Invite] { memory.here.durableInvites }
    package var userCount: Int { memory.here.userCount }
    package var messageCount: Int { memory.here.durableMessageCount }

    package func areFriends(_ one: UserID, _ other: UserID) -> Bool {
        memory.here.areDurablyFriends(one, other)
    }

    /// Never nil: all of it is in memory.
    package nonisolated func pollFacts(
        of user: UserID, in conversation: Conversation?
    ) -> PollFacts? {
        memory.here.pollFacts(of: user, in: conversation)
    }

    package func loadPollFacts(
        of user: UserID, in conversation: Conversation?
    ) -> PollFacts {
        memory.here.pollFacts(of: user, in: conversation)
    }

    package func checkWritable() async throws(StorageFault) { try await commits.checkWritable() }
    package var state: StoreState { get async { await commits.state } }

    // MARK: Reading from the disk

    package func messages(
        in conversation: Conversation, _ range: MessageRange
    ) async throws(StorageFault) -> RecordedMessages {
        try await reader.messages(in: conversation, range)
    }

    package func message(_ id: MessageID) async throws(StorageFault) -> StoredMessage? {
        try await reader.search(id).found?.message
    }

    package func scan(
        after cursor: ScanCursor?, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: ScanCursor?) {
        try await reader.scan(after: cursor, limit: limit)
    }

    // MARK: Changing

    package func commit<Outcome: Sendable>(
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome {
        try await commits.commit(reading: needs, decide)
    }

    /// Folds whenever it is time to, until the task is cancelled or the store closed. One task
    /// runs this as long as the store is open.
    package func maintain() async { await compaction.maintain() }

    /// Folds the journal into `db.json` now; returns when every change that was visible before is
    /// in it.
    package func fold() async throws(StorageFault) { try await compaction.fold() }

    /// Whether `close` has been called.
    var isClosed: Bool { files.here.isClosed }

    /// Takes no more changes, waits for those under way, folds where the store is small, and lets
    /// go of the folder. Changes are on the disk in any case.
    package func close() async {
        guard !isClosed else { return }
        activity.finish()
        await commits.close()
        await compaction.close()
        await commits.announceDurable()
        await commits.noteCleanStop()
        files.here.lockFile = nil
        threads.stop()
    }

    func announceDurable() async { await commits.announceDurable() }
}
