package import Encoding
package import EventLoop
package import Logging
internal import RateLimit

/// The store in a folder: `db.json`, which people can read, and the journal beside it.
///
/// State lives on the loop. Work that waits for the disk runs on the store's own threads. One task
/// must run `maintain`, or the journal is never folded.
package actor JSONStore: ChatStore {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Whether this startup made the files.
    package nonisolated let isNew: Bool
    private let threads: DiskThreads
    let memory: LoopBound<MemoryState>
    private let files: LoopBound<StoreFiles>
    let reader: RecordReader
    let commits: GroupCommit
    let compaction: Compaction
    nonisolated let photoFiles: PhotoFiles
    private nonisolated let folderPhotos: FolderPhotos

    package nonisolated var counts: StoreCounts { commits.counts }

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
        if startup.ready == nil { await store.commits.delayRetry() }
        startup.log(to: logger)
        return store
    }

    private init(
        _ startup: StoreStartup, _ threads: DiskThreads, folder: Folder, loop: EventLoop,
        logger: Logger
    ) {
        self.loop = loop
        self.threads = threads
        isNew = startup.recovery.isNew && startup.ready != nil
        let log = RateLimitedLog(logger)
        let recovered = startup.recovery.memory.take()
        recovered.index.incarnation = startup.incarnation
        memory = LoopBound(recovered, to: loop)
        photoFiles = PhotoFiles(folder)
        folderPhotos = FolderPhotos(photoFiles, memory, loop: loop, log: log)
        files = LoopBound(StoreFiles(startup, in: folder), to: loop)
        reader = RecordReader(memory, files, threads: threads)
        commits = GroupCommit(
            memory, files, reader: reader, threads: threads, loop: loop, log: log)
        compaction = Compaction(
            memory, files, commits: commits, threads: threads, loop: loop, log: log)
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

    package nonisolated var photos: (any PhotoStore)? { folderPhotos }
    /// Returns the photos that messages name.
    func namedPhotos() -> Set<PhotoID> { Set(memory.value.index.photos.ids) }

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
            group.addTask(executorPreference: loop) { [commits] in
                await commits.writeMarkersInTime()
            }
            await compaction.maintain()
            group.cancelAll()
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
        await commits.close()
        await compaction.close()
        await commits.announceDurable()
        await commits.recordCleanStop()
        files.value.lockFile = nil
        threads.stop()
    }

    func announceDurable() async { await commits.announceDurable() }
}
