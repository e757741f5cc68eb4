internal import EventLoop
internal import Logging
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
    private let threads: DiskThreads
    /// Logs the repeated faults of a broken or full disk.
    private let log: RateLimitedLog
    /// Receives a value for each group that was written.
    private let activity: AsyncStream<Void>.Continuation

    /// The groups that wait for their turn. `inFlight` is the group that is being written.
    private var queue: [CommitGroup] = []
    private var inFlight: CommitGroup?
    /// Whether a group is being written, or a caller has paused the journal.
    private var isBusy = false
    /// Callers that wait for a pause of the journal. They precede the next group.
    private var pauseWaiters: [Waiter<Void>] = []
    private var lastSequence: UInt64 = 0
    var fullUntil: MonotonicTime?
    private(set) var state = StoreState.open

    private var memory: MemoryState { boundMemory.value }
    private var files: StoreFiles { boundFiles.value }
    private var lastGroup: CommitGroup? { queue.last ?? inFlight }
    private var waitingBytes: Int {
        queue.reduce(inFlight?.lines.count ?? 0) { $0 + $1.lines.count }
    }

    init(
        _ memory: LoopBound<MemoryState>, _ files: LoopBound<StoreFiles>, reader: RecordReader,
        threads: DiskThreads, loop: EventLoop, log: RateLimitedLog,
        activity: AsyncStream<Void>.Continuation
    ) {
        boundMemory = memory
        boundFiles = files
        self.reader = reader
        self.threads = threads
        self.loop = loop
        self.log = log
        self.activity = activity
    }

    // MARK: Deciding

    /// See `ChatStore.commit`.
    func commit<Outcome: Sendable>(
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome {
        while true {
            let searches = try await search(needs)
            if files.isClosed { throw StorageFault.closed }
            let memory = memory
            guard searches.allSatisfy({ memory.isCurrent($0) }) else { continue }
            // A pending removal of a user also removes the user's messages.
            let present = searches.compactMap(\.found).filter { hasPeople($0.message) }
            let messages =
                present.isEmpty
                ? [:]
                : Dictionary(
                    present.map { ($0.message.id, $0.message) },
                    uniquingKeysWith: { first, _ in first })
            // Nothing suspends from here until the change is queued, so the facts still hold then.
            let (change, outcome) = try decide(Facts(needs, in: memory, messages: messages))
            if let change {
                try await settle(try append(change, about: present))
            } else if let group = lastGroup {
                try await settle(group)
            }
            return outcome
        }
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
        if let fault = await group.outcome() { throw fault }
    }

    // MARK: Writing

    /// Starts the write of the first queued group on the journal's thread, if there is one.
    private func writeNext() {
        isBusy = !queue.isEmpty
        guard isBusy else { return }
        let group = queue.removeFirst()
        inFlight = group
        let write = GroupWrite(group, files)
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
        if let prepared = written.prepared { files.take(prepared.ready, prepared.lock) }
        if fullUntil != nil {
            log.log(.notice, "the disk has room again; changes are taken", linesMax: 3)
        }
        fullUntil = nil
        files.journal?.length += Int64(written.bytes)
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
            bytes: written.bytes, at: loop.now, removes: group.removes)
        activity.yield()
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

    // MARK: Pausing and closing

    /// Returns once nothing is being written. No write begins until `resume`.
    func pause() async {
        if isBusy {
            await Waiter<Void>().wait {
                pauseWaiters.append($0)
                return nil
            }
        } else {
            isBusy = true
        }
    }

    /// Ends a pause. The next waiting pause begins, or else the next group is written.
    func resume() {
        if pauseWaiters.isEmpty {
            writeNext()
        } else {
            pauseWaiters.removeFirst().resume()
        }
    }

    /// Delays the first try on a disk that was full at startup.
    func delayRetry() { fullUntil = loop.now + Self.fullRetryDelay }

    /// Takes no more changes, and waits for those under way.
    func close() async {
        files.isClosed = true
        while let group = lastGroup { _ = await group.outcome() }
    }

    /// Returns the journal, and prepares it first if the disk was full until now. Call it during a
    /// pause.
    func readyJournal() async throws(StorageFault) -> Journal {
        if let journal = files.journal { return journal }
        guard let preparation = files.preparation else {
            preconditionFailure("the files have no preparation")
        }
        let held = files.lockFile
        let (ready, lock) = try await threads.journal.perform { () throws(StorageFault) in
            try preparation.run(holding: held)
        }
        files.take(ready, lock)
        return ready.journal
    }

    /// Records a clean stop in the lock file, so that the next startup keeps the revisions. Without
    /// the record it begins a new incarnation, and every client reads its lists again.
    func recordCleanStop() async {
        guard case .open = state, let journal = files.journal, let lock = files.lockFile,
            let snapshot = files.generation.snapshot
        else { return }
        let incarnation = memory.incarnation
        do {
            try await threads.journal.perform { () throws(StorageFault) in
                do throws(SystemCallError) {
                    let note = try CleanStop(
                        incarnation, snapshot: snapshot, journal: journal.file,
                        segment: journal.number)
                    try note.write(to: lock)
                } catch { throw StorageFault(writing: error) }
            }
        } catch {
            log.log(.debug, "the clean stop was not recorded", metadata: ["fault": "\(error)"])
        }
    }

    /// Appends a line that states that the whole journal is durable. Damage to its last group
    /// cannot pass for a torn tail then.
    func announceDurable() async {
        await pause()
        defer { resume() }
        guard let journal = files.journal, case .open = state, files.unfoldedChanges > 0 else {
            return
        }
        var line: [UInt8] = []
        JournalLine.append(JournalRecord.durable(journal.length), to: &line)
        let bytes = line
        let outcome = try? await threads.journal.perform { () throws(StorageFault) in
            journal.write(bytes)
        }
        if case .written? = outcome { files.journal?.length += Int64(bytes.count) }
    }
}
