package import Encoding
package import EventLoop
package import Logging
internal import RateLimit

/// The store in a folder: `db.json`, which people can read, and the journal beside it.
///
/// State lives on the loop; what waits for the disk runs on threads of its own. Tasks of the
/// callers do all the work: whoever commits first writes the group, the others wait for it.
/// `maintain` has to run beside them for the journal to be folded.
package actor JSONStore: ChatStore {
    /// How many bytes of changes may wait for the disk.
    static let waitingBytesMax = 16 << 20
    /// How long a full disk is left alone.
    static let fullRetryDelay = Duration.seconds(3)

    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Whether there was none in the folder.
    package nonisolated let isNew: Bool
    let folder: Folder
    let storeID: ByteText
    let logger: Logger
    /// For what a broken or full disk has said again and again.
    let limitedLog: RateLimitedLog
    let threads: DiskThreads
    private let bound: LoopBound<Ledger>
    nonisolated var ledger: Ledger { bound.here }
    /// Nil as long as the disk is too full to hold one.
    var lockFile: (any DiskFile)?

    /// Nil until the files have been made ready; from then on `preparation` is.
    var journal: Journal?
    var preparation: Preparation?
    var generation: Generation

    /// Groups that wait for their turn, and the one that is being written.
    var queue: [Group] = []
    var inFlight: Group?
    /// Somebody writes, or has been told to.
    var isWriting = false
    /// Those who need the journal to rest for a moment; they go before the next group.
    var pausing: [CheckedContinuation<Void, Never>] = []
    var waitingBytes = 0
    var lastSequence: UInt64 = 0
    var fullUntil: MonotonicTime?
    package var state = StoreState.open
    var isClosed = false

    var policy = FoldPolicy()
    var snapshotBytes: Int64
    /// Lengths of the segments that have been sealed and not been folded.
    var sealedLengths: [Int64] = []
    /// How many changes `db.json` does not hold.
    var unfoldedChanges: Int
    /// How many of them the fold under way takes in.
    var sealedChanges = 0
    /// A fold or a backup copies the files as they are: no other may begin.
    var isCopying = false
    var copyUnderWay: Cancellation?
    var awaitingCopy: [CheckedContinuation<Void, Never>] = []
    let activity: AsyncStream<Void>
    let activityContinuation: AsyncStream<Void>.Continuation

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
        let recovery = opening.recovery
        isNew = recovery.isNew
        self.loop = loop
        self.folder = folder
        self.threads = threads
        self.logger = logger
        limitedLog = RateLimitedLog(logger)
        storeID = recovery.storeID
        bound = LoopBound(recovery.ledger.take(), to: loop)
        lockFile = opening.lock
        preparation =
            opening.ready == nil
            ? Preparation(folder: folder, recovery: recovery) : nil
        generation = opening.ready?.generation ?? recovery.generation
        journal = opening.ready?.journal
        snapshotBytes = opening.ready?.snapshotBytes ?? recovery.snapshotBytes
        sealedLengths = recovery.sealedLengths
        unfoldedChanges = recovery.unfoldedChanges
        (activity, activityContinuation) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingNewest(1))
    }

    private func tellOpening(_ opening: Opening) {
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
            fullUntil = loop.now + Self.fullRetryDelay
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

    package func users() -> [User] { ledger.index.users.slots.users }
    package func user(_ id: UserID) -> User? { ledger.durableUser(id) }
    package func knownID(_ id: UserID) -> UserID? {
        ledger.index.users.number(of: id).map { ledger.index.users[$0].id }
    }
    package func user(named name: ByteText) -> User? { ledger.durableUser(named: name) }
    package func contacts(of id: UserID) -> [ContactSummary]? { ledger.index.contacts(of: id) }
    package var knownKeys: [Int: ByteText] { ledger.index.knownKeys }
    package func invite(_ digest: ByteText) -> Invite? { ledger.durableInvite(digest) }
    package func invites() -> [Invite] { ledger.durableInvites }
    package var userCount: Int { ledger.index.users.count }
    package var messageCount: Int { ledger.index.messageCount }

    package func areFriends(_ one: UserID, _ other: UserID) -> Bool {
        ledger.index.users.areFriends(one, other)
    }

    /// Never nil: all of it is in memory.
    package nonisolated func pollFacts(
        of user: UserID, in conversation: Conversation?
    ) -> PollFacts? {
        ledger.index.pollFacts(of: user, in: conversation)
    }

    package func loadPollFacts(
        of user: UserID, in conversation: Conversation?
    ) -> PollFacts {
        ledger.index.pollFacts(of: user, in: conversation)
    }

    package func checkWritable() throws(StorageFault) {
        if case .readOnly(let why) = state { throw .failed(why) }
    }

    // MARK: Closing

    /// Takes no more changes, waits for those under way, folds where the store is small, and lets
    /// go of the folder. Changes are on the disk in any case.
    package func close() async {
        guard !isClosed else { return }
        isClosed = true
        activityContinuation.finish()
        while let group = queue.last ?? inFlight { try? await settle(group) }
        if snapshotBytes >= FoldPolicy.smallBytesMax { copyUnderWay?.cancel() }
        await waitForCopy()
        if policy.foldsAtShutdown(snapshotBytes: snapshotBytes, journalBytes: journalBytes) {
            do {
                try await foldNow(afterQuiet: false)
            } catch {
                logger.error("the journal was not folded", metadata: ["fault": "\(error)"])
            }
        }
        await announceDurable()
        lockFile = nil
        threads.stop()
    }
}
