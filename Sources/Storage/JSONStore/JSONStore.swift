package import Encoding
package import EventLoop
package import Logging
internal import RateLimit

/// The store in a folder: `db.json`, which people can read, and the journal beside it.
///
/// State lives on the loop. Work that waits for the disk runs on the store's own threads. One task
/// must run `maintain`, or the journal is never folded.
package actor JSONStore: ChatStore {
    /// The longest time that a read marker waits for a group. With the time of the write, a killed
    /// process loses no marker that is older than 30 s. After a power cut, the delay with which the
    /// kernel writes to the disk comes on top.
    static let markerDelay = Duration.seconds(25)

    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Whether this startup made the files.
    package nonisolated let isNew: Bool
    private let logger: Logger
    private let threads: DiskThreads
    let memory: LoopBound<MemoryState>
    private let files: LoopBound<StoreFiles>
    let reader: RecordReader
    let commits: GroupCommit
    let compaction: Compaction
    package nonisolated let counts = StoreCounts()
    private let activity: AsyncStream<Void>.Continuation
    /// Has a value for each time that a first read marker was gathered.
    private let gathered: AsyncStream<Void>

    /// Opens the store in a folder, and makes the folder if it does not exist.
    ///
    /// A full disk does not stop it. If the folder holds the earlier system's store, it changes
    /// nothing and throws `.takeover` or `.journalOfAnother`.
    ///
    /// - Throws: `.locked`; `.damaged`; `.failed`; `.takeover`; `.journalOfAnother`.
    package static func open(
        folder path: String, disk: any Disk = SystemDisk(), loop: EventLoop, logger: Logger
    ) async throws(StorageFault) -> JSONStore {
        let folder = Folder(path: path, disk: disk)
        let threads = DiskThreads()
        let startup = try await threads.background.perform { () throws(StorageFault) in
            try StoreStartup(folder)
        }
        let store = JSONStore(startup, threads, folder: folder, loop: loop, logger: logger)
        await store.log(startup)
        return store
    }

    private init(
        _ startup: StoreStartup, _ threads: DiskThreads, folder: Folder, loop: EventLoop,
        logger: Logger
    ) {
        self.loop = loop
        self.threads = threads
        self.logger = logger
        isNew = startup.recovery.isNew && startup.ready != nil
        let log = RateLimitedLog(logger)
        let recovered = startup.recovery.memory.take()
        recovered.index.incarnation = startup.incarnation
        memory = LoopBound(recovered, to: loop)
        files = LoopBound(StoreFiles(startup, in: folder), to: loop)
        reader = RecordReader(memory, files, threads: threads)
        let (stream, activity) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.activity = activity
        let (gathered, markers) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        self.gathered = gathered
        commits = GroupCommit(
            memory, files, reader: reader, threads: threads, loop: loop, log: log, counts: counts,
            activity: activity, markers: markers)
        compaction = Compaction(
            memory, files, commits: commits, threads: threads, loop: loop, log: log,
            counts: counts, activity: stream)
    }

    private func log(_ startup: StoreStartup) async {
        let torn = startup.recovery.lastEnd.tornBytes
        if torn > 0 {
            logger.warning(
                "a torn tail was cut off the journal",
                metadata: [
                    "segment": "\(startup.recovery.lastSegment)",
                    "offset": "\(startup.recovery.lastEnd.length)", "bytes": "\(torn)",
                ])
        }
        if startup.ready == nil {
            await commits.delayRetry()
            logger.error("the disk is full or takes no writes; the store can only be read")
        }
        for file in startup.exposedFiles {
            if let fault = file.fault {
                logger.warning(
                    "others may read \(file.path): run chmod 600 on it",
                    metadata: ["fault": "\(fault)"])
            } else {
                logger.warning("others could read \(file.path): its mode is 0600 now")
            }
        }
        if startup.lock == nil { logger.warning("the data folder could not be locked") }
        log(exhausted: startup.recovery.exhausted)
    }

    private func log(exhausted: (listed: [ExhaustedConversation], count: Int)) {
        guard exhausted.count > 0 else { return }
        for conversation in exhausted.listed { logger.error("\(conversation)") }
        logger.error(
            "conversations take no more messages", metadata: ["count": "\(exhausted.count)"])
    }

    // MARK: Reading from memory

    /// The newest timestamp of any message the store has met, or 0.
    package nonisolated var newestTimestamp: Int64 { memory.value.durableNewestTimestamp }
    package func users() -> [User] { memory.value.durableUsers }
    package func user(_ id: UserID) -> User? { memory.value.durableUser(id) }
    package func knownID(_ id: UserID) -> UserID? {
        memory.value.knownID(id)
    }
    package func user(named name: ByteText) -> User? { memory.value.durableUser(named: name) }
    package func contacts(of id: UserID) -> [ContactSummary]? { memory.value.contacts(of: id) }
    package func contactChanges(of id: UserID, since cursor: UInt64) -> ContactChanges? {
        memory.value.contactChanges(of: id, since: cursor)
    }

    package func partners(of id: UserID) -> [UserID] { memory.value.partners(of: id) }
    package func subscriptions(of id: UserID) -> [PushSubscription] {
        memory.value.subscriptions(of: id)
    }
    package var knownKeys: [Int: ByteText] { memory.value.durableKeys }
    package func invite(_ digest: ByteText) -> Invite? { memory.value.durableInvite(digest) }
    package func invites() -> [Invite] { memory.value.durableInvites }
    package var userCount: Int { memory.value.userCount }
    package var messageCount: Int { memory.value.durableMessageCount }

    package func areFriends(_ one: UserID, _ other: UserID) -> Bool {
        memory.value.areDurablyFriends(one, other)
    }

    package func sendFacts(from sender: UserID, to receiver: UserID) -> SendFacts? {
        memory.value.sendFacts(from: sender, to: receiver)
    }

    package nonisolated func observeChanges(_ observer: @escaping @Sendable (UserID) -> Void) {
        memory.value.observeChanges(observer)
    }

    /// Returns the facts of a poll. They are never nil, because memory holds them all.
    package nonisolated func pollFacts(
        of user: UserID, in conversation: Conversation?
    ) -> PollFacts? {
        memory.value.pollFacts(of: user, in: conversation)
    }

    package func loadPollFacts(
        of user: UserID, in conversation: Conversation?
    ) -> PollFacts {
        memory.value.pollFacts(of: user, in: conversation)
    }

    package func checkWritable() async throws(StorageFault) { try await commits.checkWritable() }
    package var state: StoreState { get async { await commits.state } }

    // MARK: Reading from the disk

    package func messages(
        in conversation: Conversation, _ range: MessageRange
    ) async throws(StorageFault) -> RecordedMessages {
        try await reader.messages(in: conversation, range)
    }

    package func lastMessages(
        in conversations: [Conversation], bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages {
        try await reader.lastMessages(in: conversations, bytesMax: bytesMax)
    }

    package func newestMessages(
        in feed: inout MessageFeed, limit: Int, bytesMax: Int
    ) async throws(StorageFault) -> RecordedMessages {
        try await reader.newestMessages(in: &feed, limit: limit, bytesMax: bytesMax)
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

    /// Folds the journal whenever a fold is due, until the task is cancelled or the store closed.
    /// One task runs this as long as the store is open.
    package func maintain() async {
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) { await self.writeMarkers() }
            await compaction.maintain()
            group.cancelAll()
        }
    }

    /// Writes read markers that no group has taken along for a while.
    private func writeMarkers() async {
        for await _ in gathered {
            // A full disk takes them later.
            repeat {
                do { try await loop.sleep(for: Self.markerDelay) } catch { return }
                await commits.writeMarkers()
            } while await commits.hasGathered
        }
    }

    /// Folds the journal into `db.json` now. It returns once every change that was visible before
    /// is in the file.
    package func fold() async throws(StorageFault) { try await compaction.fold() }

    /// Whether `close` has been called.
    var isClosed: Bool { files.value.isClosed }

    /// Closes the store and unlocks its folder.
    ///
    /// It takes no more changes and waits for those under way. It folds the journal of a small
    /// store. All confirmed changes are durable in any case.
    package func close() async {
        guard !isClosed else { return }
        activity.finish()
        await commits.close()
        await compaction.close()
        await commits.announceDurable()
        await commits.recordCleanStop()
        files.value.lockFile = nil
        threads.stop()
    }

    func announceDurable() async { await commits.announceDurable() }
}
