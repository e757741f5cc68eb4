internal import EventLoop
internal import Logging
internal import RateLimit

/// Judges changes, and makes all that wait at once durable with one fsync. Lives on its loop.
///
/// Groups are written by the journal's thread, one after the other. Callers only wait.
actor GroupCommit {
    /// How many bytes of changes may wait for the disk.
    static let waitingBytesMax = 16 << 20
    /// How long a full disk is left alone.
    static let fullRetryDelay = Duration.seconds(3)

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let boundMemory: LoopBound<MemoryState>
    private let boundFiles: LoopBound<StoreFiles>
    private let reader: RecordReader
    private let threads: DiskThreads
    /// For what a broken or full disk has said again and again.
    private let log: RateLimitedLog
    /// Hears of each group that was written.
    private let activity: AsyncStream<Void>.Continuation

    /// Groups that wait for their turn, and the one that is being written.
    private var queue: [CommitGroup] = []
    private var inFlight: CommitGroup?
    /// A group is being written, or the journal rests for somebody.
    private var isBusy = false
    /// Those who need the journal to rest for a moment; they go before the next group.
    private var pausing: [CheckedContinuation<Void, Never>] = []
    private var lastSequence: UInt64 = 0
    var fullUntil: MonotonicTime?
    private(set) var state = StoreState.open

    private var memory: MemoryState { boundMemory.here }
    private var files: StoreFiles { boundFiles.here }
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

    // MARK: Judging

    /// See `ChatStore.commit`.
    func commit<Outcome: Sendable>(
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome {
        while true {
            let searches = try await search(needs)
            if files.isClosed { throw StorageFault.closed }
            guard searches.allSatisfy({ memory.isCurrent($0) }) else { continue }
            // The removal of a user that waits for the disk has taken their messages along.
            let present = searches.compactMap(\.found).filter { hasPeople($0.message) }
            let messages = Dictionary(
                present.map { ($0.message.id, $0.message) },
                uniquingKeysWith: { first, _ in first })
            let (change, outcome) = try decide(Facts(needs, in: memory, messages: messages))
            if let change {
                try await settle(try append(change, about: present))
            } else if let group = lastGroup {
                try await settle(group)
            }
            return outcome
        }
    }

    /// The messages that a decision needs. What waits for the disk to change one goes first: only
    /// then is there a record to read.
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

    /// Puts a change at the end of what waits for the disk.
    ///
    /// - Parameter messages: Those that the decision has read: it replaces no others.
    private func append(
        _ change: Change, about messages: [FoundMessage]
    ) throws(StorageFault) -> CommitGroup {
        try checkWritable()
        if let fullUntil, loop.now < fullUntil { throw .full }
        var replaced: FoundMessage?
        if case .messageReplaced(let id, let content, _) = change {
            replaced = messages.first { $0.message.id == id }
            guard replaced?.message.content == content else { throw .stale }
        }
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

    /// Has the journal's thread write the first group that waits; nothing where none does.
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
            show(group, written)
            group.settle(nil)
        case .failure(let fault):
            fail(with: fault)
            group.settle(fault)
        }
        resume()
    }

    /// Makes a group visible that is on the disk.
    private func show(_ group: CommitGroup, _ written: GroupWrite.Written) {
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
            bytes: written.bytes, at: loop.now,
            removes: group.entries.contains { $0.change.isRemoval })
        activity.yield()
    }

    /// Drops everything that waits, and tells those who wait for it.
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

    /// Returns once nothing is written, and keeps it so until `resume`.
    func pause() async {
        if isBusy {
            await withCheckedContinuation { pausing.append($0) }
        } else {
            isBusy = true
        }
    }

    /// Goes on: with who wanted a pause first, else with the next group.
    func resume() {
        if pausing.isEmpty {
            writeNext()
        } else {
            pausing.removeFirst().resume()
        }
    }

    /// Leaves a disk that was full at the start alone for a while.
    func awaitRoom() { fullUntil = loop.now + Self.fullRetryDelay }

    /// Takes no more changes, and waits for those under way.
    func close() async {
        files.isClosed = true
        while let group = lastGroup { _ = await group.outcome() }
    }

    /// The journal, made ready first where the disk was full until now. Only during a pause.
    func readyJournal() async throws(StorageFault) -> Journal {
        if let journal = files.journal { return journal }
        guard let preparation = files.preparation else {
            preconditionFailure("neither ready nor to be made ready")
        }
        let held = files.lockFile
        let (ready, lock) = try await threads.journal.perform { () throws(StorageFault) in
            try preparation.run(holding: held)
        }
        files.take(ready, lock)
        return ready.journal
    }

    /// Notes in the lock file that nothing was lost, so that the next start hands out the same
    /// revisions. Without the note it begins a new incarnation of them, which costs a read.
    func noteCleanStop() async {
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
        } catch { log.log(.debug, "the stop was not noted", metadata: ["fault": "\(error)"]) }
    }

    /// Says in the journal that all of it is durable, so that damage to its last group is not
    /// taken for a torn tail.
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
