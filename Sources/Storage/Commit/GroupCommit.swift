internal import EventLoop
internal import Logging
internal import Metrics
internal import RateLimit

/// Checks changes, and makes all queued changes durable with one fsync. It lives on its loop.
///
/// The journal's thread writes one group after the other. Callers only wait.
actor GroupCommit {
    /// The largest number of bytes of changes that may wait for the disk.
    static let waitingBytesMax = 16 << 20
    /// The time that passes before a full disk is tried again.
    static let fullRetryDelay = Duration.seconds(3)

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let boundMemory: LoopBound<MemoryState>
    private let boundFiles: LoopBound<StoreFiles>
    private let reader: RecordReader
    let threads: DiskThreads
    nonisolated let counts = StoreCounts()
    /// Logs the repeated faults of a broken or full disk.
    let log: RateLimitedLog
    /// Has a value for each group that was written.
    nonisolated let activity = Signal()
    /// Has a value for each time that a first read marker was gathered.
    nonisolated let firstMarkers = Signal()

    /// The groups that wait for their turn. `inFlight` is the group that is being written.
    private var queue: [CommitGroup] = []
    private var inFlight: CommitGroup?
    /// Whether a group is being written, or a caller has paused the journal.
    var isBusy = false
    /// Read markers that no file holds yet.
    var gathered = GatheredMarkers()
    /// Deciders of markers that wait until no group is being written. They precede all else.
    var turnWaiters: [Waiter<Void>] = []
    /// The number of such deciders whose turn it is. No write begins before the last has decided.
    var turns = 0
    /// Callers that wait for a pause of the journal. They precede the next group.
    var pauseWaiters: [Waiter<Void>] = []
    private var lastSequence: UInt64 = 0
    var fullUntil: MonotonicTime?
    private(set) var state = StoreState.open

    var memory: MemoryState { boundMemory.value }
    var files: StoreFiles { boundFiles.value }
    var lastGroup: CommitGroup? { queue.last ?? inFlight }
    var waitingBytes: Int {
        queue.reduce(inFlight?.lines.count ?? 0) { $0 + $1.lines.count }
    }

    init(
        _ memory: LoopBound<MemoryState>, _ files: LoopBound<StoreFiles>, reader: RecordReader,
        threads: DiskThreads, loop: EventLoop, log: RateLimitedLog
    ) {
        boundMemory = memory
        boundFiles = files
        self.reader = reader
        self.threads = threads
        self.loop = loop
        self.log = log
    }

    // MARK: Deciding

    /// See `ChatStore.commit`.
    func commit<Outcome: Sendable>(
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome {
        var needsTurn = false
        while true {
            let searches = needs.contains(where: \.isMessage) ? try await search(needs) : []
            let hasTurn = needsTurn ? await waitForTurn() : false
            let step: Step<Outcome>
            do { step = try take(decide, needs, searches) } catch {
                if hasTurn { endTurn() }
                throw error
            }
            if hasTurn { endTurn() }
            switch consume step {
            case .stale: continue
            case .needsTurn: needsTurn = true
            case .decided(let group, let outcome):
                if let group { try await settle(group) }
                return outcome
            }
        }
    }

    private enum Step<Outcome> {
        /// A message is not as it was read.
        case stale
        /// A marker cannot be decided while a group is being written.
        case needsTurn
        /// The outcome holds once the group is durable.
        case decided(CommitGroup?, Outcome)
    }

    /// Decides, and queues the change. Nothing suspends in between, so the facts still hold then.
    private func take<Outcome>(
        _ decide: (Facts) throws -> (Change?, Outcome), _ needs: [Fact],
        _ searches: [MessageSearch]
    ) throws -> Step<Outcome> {
        if files.isClosed { throw StorageFault.closed }
        let memory = memory
        guard searches.allSatisfy({ memory.isCurrent($0) }) else { return .stale }
        // A pending removal of a user also removes the user's messages.
        let present = searches.compactMap(\.found).filter { hasPeople($0.message) }
        let messages =
            present.isEmpty
            ? [:]
            : Dictionary(
                present.map { ($0.message.id, $0.message) },
                uniquingKeysWith: { first, _ in first })
        let (change, outcome) = try decide(Facts(needs, in: memory, messages: messages))
        guard let change else { return .decided(lastGroup, outcome) }
        guard case .messagesRead = change else {
            return .decided(try append(change, about: present), outcome)
        }
        guard isStill else { return .needsTurn }
        try gather(change)
        return .decided(nil, outcome)
    }

    /// Searches for the messages that a decision needs. A pending change to one of them is written
    /// first, because only then is there a record to read.
    private func search(_ needs: [Fact]) async throws(StorageFault) -> [MessageSearch] {
        var searches: [MessageSearch] = []
        for case .message(let id) in needs {
            while memory.waits(for: id), let group = lastGroup { try await settle(group) }
            searches.append(try await reader.search(id))
        }
        return searches
    }

    private func hasPeople(_ message: StoredMessage) -> Bool {
        memory.hasUser(message.senderId) && memory.hasUser(message.receiverId)
    }

    /// Appends a change to the queue.
    ///
    /// - Parameter messages: The messages that the decision has read. It touches no others.
    private func append(
        _ change: Change, about messages: [FoundMessage]
    ) throws(StorageFault) -> CommitGroup {
        try checkWritable()
        if let fullUntil, loop.now < fullUntil { throw .full }
        let memory = memory
        let replaced = try messages.message(replacedBy: change)
        if let problem = memory.problem(with: change) ?? memory.repetition(in: change) {
            throw .refused(problem)
        }
        let encoded = JournalRecord.encode(change, of: replaced?.message)
        guard encoded.json.count <= JournalLine.jsonBytesMax else {
            throw .refused("it is too long")
        }
        guard waitingBytes + encoded.json.count <= Self.waitingBytesMax else { throw .busy }
        if queue.last.map({ $0.lines.count >= CommitGroup.bytesMax }) ?? true {
            queue.append(CommitGroup())
        }
        let group = queue[queue.count - 1]
        lastSequence += 1
        group.add(change, encoded, message: replaced?.number, sequence: lastSequence)
        memory.expect(change, sequence: lastSequence)
        if !isBusy { writeNext() }
        return group
    }

    func checkWritable() throws(StorageFault) {
        if case .readOnly(let why) = state { throw .failed(why) }
    }

    /// Waits until a group is on the disk.
    private func settle(_ group: CommitGroup) async throws(StorageFault) {
        let start = loop.now
        defer { CurrentRequest.spent(loop.now - start, on: .disk) }
        if let fault = await group.outcome() { throw fault }
    }

    // MARK: Writing

    /// Starts the write of the first queued group on the journal's thread, if there is one.
    func writeNext() {
        isBusy = !queue.isEmpty
        guard isBusy else { return }
        let group = queue.removeFirst()
        inFlight = group
        let write = GroupWrite(group, gathered, files)
        threads.journal.run(write.run, thenOn: loop) { [self] outcome in
            assumeIsolated { $0.finish(outcome) }
        }
    }

    private func finish(_ outcome: Result<GroupWrite.Written, StorageFault>) {
        guard let group = inFlight else { preconditionFailure("no group was being written") }
        inFlight = nil
        switch outcome {
        case .success(let written):
            makeVisible(group, written)
            group.settle(nil)
        case .failure(let fault):
            fail(with: fault)
            group.settle(fault)
        }
        resume()
    }

    /// Applies the changes of a durable group to memory.
    private func makeVisible(_ group: CommitGroup, _ written: GroupWrite.Written) {
        let (memory, files) = (memory, files)
        take(written)
        counts.groupSizes.add(group.entries.count)
        counts.groupTime.add(written.duration)
        if fullUntil != nil {
            log.log(.notice, "the disk has room again; changes are taken", linesMax: 3)
        }
        fullUntil = nil
        files.unfoldedChanges += group.entries.count
        for entry in group.entries {
            let address = entry.record.flatMap { record in
                Address(
                    segment: written.segment, offset: written.base + record.lowerBound,
                    length: record.count)
            }
            memory.confirm(entry.change, message: entry.message, at: address)
        }
        memory.settle(through: group.lastSequence)
        files.policy.appended(
            bytes: written.changeBytes, at: loop.now, removes: group.removes)
        activity.send()
    }

    /// Fails every queued group with this fault.
    func fail(with fault: StorageFault) {
        switch fault {
        case .full:
            fullUntil = loop.now + Self.fullRetryDelay
            log.log(
                .error, "the disk is full or takes no writes; changes are refused for now",
                linesMax: 3, metadata: ["folder": "\(files.folder.path)"])
        case .failed(let why):
            state = .readOnly(why: why)
            log.log(
                .critical, "the disk failed; changes are refused until the next start",
                metadata: ["fault": "\(why)"])
        default: log.log(.error, "changes were dropped", metadata: ["fault": "\(fault)"])
        }
        memory.drop()
        let dropped = queue
        queue = []
        for group in dropped { group.settle(fault) }
    }
}
