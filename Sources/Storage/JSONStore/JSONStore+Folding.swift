internal import EventLoop
internal import Logging
internal import RateLimit

extension JSONStore {
    /// How much `db.json` lacks; 0 when it lacks nothing.
    var journalBytes: Int64 {
        unfoldedChanges == 0 ? 0 : sealedLengths.reduce(journal?.length ?? 0, +)
    }

    /// Folds whenever it is time to, until the task is cancelled or the store closed. One task
    /// runs this as long as the store is open.
    package func maintain() async {
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) { [limitedLog, loop] in
                await limitedLog.run(on: loop)
            }
            await keepUp()
            for await _ in activity {
                await keepUp()
            }
            group.cancelAll()
        }
    }

    /// Folds the journal into `db.json` now; returns when every change that was visible before is
    /// in it.
    package func fold() async throws(StorageFault) {
        if isClosed { throw .closed }
        await waitForCopy()
        try await foldNow(afterQuiet: false)
    }

    /// Reclaims and folds until there is nothing to do before the next change.
    private func keepUp() async {
        while !isClosed, !Task.isCancelled {
            await reclaim()
            guard case .open = state else { return }
            let decision = policy.decision(
                snapshotBytes: snapshotBytes, journalBytes: journalBytes, at: loop.now)
            switch decision {
            case .nothing: return
            case .at(let time):
                do { try await loop.sleep(for: time - loop.now) } catch { return }
            case .now:
                let isLarge = policy.isLarge(
                    snapshotBytes: snapshotBytes, journalBytes: journalBytes)
                await waitForCopy()
                if isClosed { return }
                do {
                    try await foldNow(afterQuiet: !isLarge)
                } catch StorageFault.closed {
                    return
                } catch {
                    limitedLog.log(
                        .error, "the journal was not folded", metadata: ["fault": "\(error)"])
                }
            }
        }
    }

    /// Gives back the room of removed messages, a few at a time.
    private func reclaim() async {
        while ledger.index.hasReleased {
            ledger.index.reclaim(4096)
            await Task.yield()
        }
    }

    /// Returns once neither a fold nor a backup is under way.
    func waitForCopy() async {
        while isCopying {
            await withCheckedContinuation { awaitingCopy.append($0) }
        }
    }

    func endCopying() {
        isCopying = false
        for waiter in awaitingCopy { waiter.resume() }
        awaitingCopy = []
    }

    func foldNow(afterQuiet: Bool) async throws(StorageFault) {
        guard unfoldedChanges > 0 else { return }
        isCopying = true
        defer { endCopying() }
        do {
            let fold = try await seal()
            let outcome = try await run(fold)
            await take(outcome, of: fold)
            policy.folded(bytes: outcome.snapshotBytes, afterQuiet: afterQuiet)
        } catch {
            policy.failed(at: loop.now)
            throw error
        }
    }

    /// Ends the segment that takes changes, begins the next, and returns the fold of all before.
    private func seal() async throws(StorageFault) -> Fold {
        await pauseJournal()
        defer { resumeJournal() }
        if case .readOnly(let why) = state { throw .failed(why) }
        let sealed = try await readyJournal()
        guard generation.segments.count < Address.liveSegmentsMax else { throw .full }
        guard sealed.number < Folder.segmentNumberMax else {
            throw .failed("the journal's segments have no further number")
        }
        let folder = folder
        let unfinished = try await threads.journal.perform { () throws(StorageFault) in
            do { return try Fold.Unfinished(in: folder) } catch {
                throw StorageFault(writing: error)
            }
        }
        let next = try await segment(after: sealed, orRemove: unfinished)
        sealedLengths.append(sealed.length)
        let files = RetiringFiles(generation)
        generation.segments.append(.init(number: next.number, file: next.file))
        journal = next
        sealedChanges = unfoldedChanges
        return Fold(
            folder: folder, unfinished: unfinished, storeID: storeID,
            users: ledger.index.users.slots, keys: ledger.index.knownKeys,
            invites: ledger.index.invites,
            newestTimestamp: ledger.index.newestTimestamp,
            addresses: ledger.index.beginFold(), files: files,
            segmentLengths: sealedLengths, nextSegment: next.number)
    }

    private func segment(
        after sealed: Journal, orRemove unfinished: Fold.Unfinished
    ) async throws(StorageFault) -> Journal {
        let (folder, storeID) = (folder, storeID)
        do throws(StorageFault) {
            return try await threads.journal.perform { () throws(StorageFault) in
                let number = sealed.number + 1
                do throws(SystemCallError) {
                    return try Journal.create(
                        number, after: sealed.length, storeID: storeID, in: folder)
                } catch {
                    let fault = StorageFault(writing: error)
                    unfinished.remove()
                    if case .failed = fault { throw fault }
                    try? folder.disk.unlinkIfThere(folder.segment(number))
                    throw fault
                }
            }
        } catch {
            // A next segment that may or may not be there leaves none to write to.
            if case .failed = error { fail(with: error) }
            throw error
        }
    }

    private func run(_ fold: Fold) async throws(StorageFault) -> Fold.Outcome {
        copyUnderWay = fold.cancellation
        defer { copyUnderWay = nil }
        let result: Result<Fold.Outcome, Fold.Fault>
        do {
            result = try await threads.background.perform { () throws(StorageFault) in
                do throws(Fold.Fault) { return .success(try fold.run()) } catch {
                    return .failure(error)
                }
            }
        } catch {
            ledger.index.abandonFold()
            _ = try? await threads.journal.perform { () throws(StorageFault) in
                fold.unfinished.remove()
            }
            throw error
        }
        switch result {
        case .success(let outcome): return outcome
        case .failure(.gaveUp(let fault)):
            ledger.index.abandonFold()
            throw fault
        case .failure(.uncertain(let why)):
            ledger.index.abandonFold()
            await pauseJournal()
            fail(with: .failed(why))
            resumeJournal()
            throw .failed(why)
        }
    }

    /// Reads from the new file from now on, and removes what nobody will look for again.
    private func take(_ outcome: Fold.Outcome, of fold: Fold) async {
        ledger.index.endFold(outcome.addresses)
        generation = Generation(
            snapshot: outcome.snapshot,
            segments: generation.segments.filter { $0.number >= fold.nextSegment })
        snapshotBytes = outcome.snapshotBytes
        sealedLengths = []
        unfoldedChanges -= sealedChanges
        let (folder, files) = (folder, fold.files)
        let removal = try? await threads.background.perform { () throws(StorageFault) -> String? in
            do throws(SystemCallError) {
                for segment in files.generation?.segments ?? [] {
                    try folder.disk.unlinkIfThere(folder.segment(segment.number))
                }
                files.letGo()
                return nil
            } catch { return error.description }
        }
        if let removal {
            limitedLog.log(
                .warning, "a folded segment is still there", metadata: ["fault": "\(removal)"])
        }
    }
}
