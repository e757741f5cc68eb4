internal import EventLoop
internal import Logging
internal import RateLimit

extension JSONStore {
    package func commit<Outcome: Sendable>(
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome {
        while true {
            let found = try await find(needs)
            if isClosed { throw StorageFault.closed }
            guard found.allSatisfy({ areStill($0) }) else { continue }
            let messages = Dictionary(
                found.map { ($0.message.id, $0.message) }, uniquingKeysWith: { first, _ in first })
            let (change, outcome) = try decide(Facts(needs, in: ledger, messages: messages))
            if let change {
                try await settle(try append(change, about: found))
            } else if let group = queue.last ?? inFlight {
                try await settle(group)
            }
            return outcome
        }
    }

    /// The messages that a decision needs. What waits for the disk to change one goes first: only
    /// then is there a record to read.
    private func find(_ needs: [Fact]) async throws(StorageFault) -> [FoundMessage] {
        var messages: [FoundMessage] = []
        for case .message(let id) in needs {
            while ledger.waits(for: id), let group = queue.last ?? inFlight {
                try await settle(group)
            }
            if let message = try await find(id) { messages.append(message) }
        }
        return messages
    }

    /// Whether a message is as it was read, and nothing waits that changes it.
    private func areStill(_ found: FoundMessage) -> Bool {
        let message = found.message
        return !ledger.waits(for: message.id) && isStill(found)
            && ledger.hasUser(message.senderId) && ledger.hasUser(message.receiverId)
    }

    /// Puts a change at the end of what waits for the disk.
    ///
    /// - Parameter messages: Those that the decision has read: it replaces no others.
    private func append(
        _ change: Change, about messages: [FoundMessage]
    ) throws(StorageFault) -> Group {
        if case .readOnly(let why) = state { throw .failed(why) }
        if let fullUntil, loop.now < fullUntil { throw .full }
        var replaced: FoundMessage?
        if case .messageReplaced(let id, let content, _) = change {
            replaced = messages.first { $0.message.id == id }
            guard replaced?.message.content == content else { throw .stale }
        }
        if let problem = ledger.problem(with: change) { throw .refused(problem) }
        let encoded = JournalRecord.encode(change, of: replaced?.message)
        guard encoded.json.count <= JournalLine.jsonBytesMax else {
            throw .refused("it is too long")
        }
        guard waitingBytes + encoded.json.count <= Self.waitingBytesMax else { throw .busy }
        if queue.last.map({ $0.lines.count >= Group.bytesMax }) ?? true { queue.append(Group()) }
        let group = queue[queue.count - 1]
        lastSequence += 1
        waitingBytes += encoded.json.count
        group.add(change, encoded, message: replaced?.number, sequence: lastSequence)
        ledger.expect(change, sequence: lastSequence)
        return group
    }

    /// Waits until a group is on the disk, or writes it if nobody else writes.
    func settle(_ group: Group) async throws(StorageFault) {
        if isWriting {
            switch await withCheckedContinuation({ group.wait($0) }) {
            case .settled(nil): return
            case .settled(let fault?): throw fault
            case .lead: break
            }
        }
        isWriting = true
        let fault = await writeNext()
        resumeJournal()
        if let fault { throw fault }
    }

    /// Writes the first group that waits, makes it visible and tells those who wait for it.
    private func writeNext() async -> StorageFault? {
        let group = queue.removeFirst()
        inFlight = group
        let fault: StorageFault?
        do {
            try await write(group)
            fault = nil
        } catch { fault = error }
        inFlight = nil
        if let fault {
            fail(with: fault)
        } else {
            waitingBytes = max(0, waitingBytes - group.lines.count)
            if queue.isEmpty { waitingBytes = 0 }
        }
        group.settle(fault)
        return fault
    }

    private func write(_ group: Group) async throws(StorageFault) {
        let journal = try await readyJournal()
        let (bytes, start) = group.bytes(durable: journal.length)
        guard journal.length + Int64(bytes.count) < Address.segmentBytesMax else { throw .full }
        let outcome = try await threads.journal.perform { () throws(StorageFault) in
            journal.write(bytes)
        }
        switch outcome {
        case .full: throw .full
        case .shortage(let why): throw .shortage(why)
        case .failed(let why): throw .failed(why)
        case .written: break
        }
        if fullUntil != nil {
            limitedLog.log(.notice, "the disk has room again; changes are taken", linesMax: 3)
        }
        fullUntil = nil
        let base = Int(journal.length) + start
        self.journal?.length += Int64(bytes.count)
        unfoldedChanges += group.entries.count
        for entry in group.entries {
            let address = entry.record.flatMap { record in
                Address(
                    segment: journal.number, offset: base + record.lowerBound, length: record.count)
            }
            ledger.confirm(entry.change, message: entry.message, at: address)
        }
        ledger.settle(through: group.lastSequence)
        policy.appended(bytes: bytes.count, at: loop.now)
        activityContinuation.yield()
    }

    /// The journal, made ready first where the disk was full until now.
    func readyJournal() async throws(StorageFault) -> Journal {
        if let journal { return journal }
        guard let preparation else { preconditionFailure("neither ready nor to be made ready") }
        let held = lockFile
        let (ready, lock) = try await threads.journal.perform { () throws(StorageFault) in
            try preparation.run(holding: held)
        }
        lockFile = lock
        journal = ready.journal
        self.preparation = nil
        generation = ready.generation
        snapshotBytes = ready.snapshotBytes
        return ready.journal
    }

    /// Drops everything that waits, and tells those who wait for it.
    func fail(with fault: StorageFault) {
        switch fault {
        case .full:
            fullUntil = loop.now + Self.fullRetryDelay
            limitedLog.log(
                .error, "the disk is full or takes no writes; changes are refused for now",
                linesMax: 3)
        case .failed(let why):
            state = .readOnly(why: why)
            limitedLog.log(
                .critical, "the disk failed; changes are refused until the next start",
                metadata: ["fault": "\(why)"])
        default:
            limitedLog.log(.error, "changes were dropped", metadata: ["fault": "\(fault)"])
        }
        ledger.drop()
        waitingBytes = 0
        let dropped = queue
        queue = []
        for group in dropped { group.settle(fault) }
    }

    /// Returns once nobody writes, and keeps it so until `resumeJournal`.
    func pauseJournal() async {
        if isWriting {
            await withCheckedContinuation { pausing.append($0) }
        } else {
            isWriting = true
        }
    }

    /// Lets the next one write: who wanted a pause first, else the next group.
    func resumeJournal() {
        if !pausing.isEmpty {
            pausing.removeFirst().resume()
        } else if let group = queue.first {
            group.appointLeader()
        } else {
            isWriting = false
        }
    }

    /// Says in the journal that all of it is durable, so that damage to its last group is not
    /// taken for a torn tail.
    func announceDurable() async {
        guard var journal, case .open = state, unfoldedChanges > 0 else { return }
        await pauseJournal()
        var line: [UInt8] = []
        JournalLine.append(JournalRecord.durable(journal.length), to: &line)
        let current = journal
        let bytes = line
        _ = try? await threads.journal.perform { () throws(StorageFault) in current.write(bytes) }
        journal.length += Int64(bytes.count)
        self.journal = journal
        resumeJournal()
    }
}
