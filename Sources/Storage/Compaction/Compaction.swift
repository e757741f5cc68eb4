internal import EventLoop
internal import Logging
internal import Metrics
internal import RateLimit

/// Folds the journal into `db.json` whenever a fold is due. Only one fold or backup runs at a time.
/// It lives on its loop.
actor Compaction {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let boundMemory: LoopBound<MemoryState>
    private let boundFiles: LoopBound<StoreFiles>
    private let commits: GroupCommit
    private let threads: DiskThreads
    private let log: RateLimitedLog

    /// The number of changes that the current fold takes in.
    private var sealedChanges = 0
    /// The number of lines of read markers that it takes in.
    private var sealedMarkers = 0
    /// Whether a fold or a backup copies the files. No other may begin meanwhile.
    private var isCopying = false
    private var copyUnderWay: Cancellation?
    private let awaitingCopy = WaiterList()

    private var memory: MemoryState { boundMemory.value }
    private var files: StoreFiles { boundFiles.value }

    init(
        _ memory: LoopBound<MemoryState>, _ files: LoopBound<StoreFiles>, commits: GroupCommit,
        threads: DiskThreads, loop: EventLoop, log: RateLimitedLog
    ) {
        boundMemory = memory
        boundFiles = files
        self.commits = commits
        self.threads = threads
        self.loop = loop
        self.log = log
    }

    /// Folds the journal whenever a fold is due, until the task is cancelled or the store closed.
    /// One task runs this as long as the store is open.
    func maintain() async {
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) { [log, loop] in await log.run(on: loop) }
            await foldWhileDue()
            for await _ in commits.activity.values {
                await foldWhileDue()
            }
            group.cancelAll()
        }
    }

    /// Folds the journal into `db.json` now. It returns once every change that was visible before
    /// is in the file.
    ///
    /// - Parameter evenWithoutChanges: Whether to fold even if only the last line has changed.
    func fold(evenWithoutChanges: Bool = false) async throws(StorageFault) {
        if files.isClosed { throw .closed }
        await waitForCopy()
        try await foldNow(afterQuiet: false, evenWithoutChanges: evenWithoutChanges)
    }

    /// Reclaims memory and folds until there is nothing to do before the next change.
    private func foldWhileDue() async {
        while !files.isClosed, !Task.isCancelled {
            await reclaim()
            guard case .open = await commits.state else { return }
            let decision = files.policy.decision(
                snapshotBytes: files.snapshotBytes, journalBytes: files.journalBytes, at: loop.now)
            switch decision {
            case .nothing: return
            case .at(let time):
                do { try await loop.sleep(for: time - loop.now) } catch { return }
            case .now:
                let isLarge = files.policy.isLarge(
                    snapshotBytes: files.snapshotBytes, journalBytes: files.journalBytes)
                await waitForCopy()
                if files.isClosed { return }
                do {
                    try await foldNow(afterQuiet: !isLarge)
                } catch StorageFault.closed {
                    return
                } catch {
                    log.log(
                        .error, "the journal was not folded", metadata: ["fault": "\(error)"])
                }
            }
        }
    }

    /// Frees the memory of removed messages, a few at a time.
    private func reclaim() async {
        while memory.hasReleased {
            memory.reclaim(4096)
            await Task.yield()
        }
    }

    /// Returns once neither a fold nor a backup is under way.
    private func waitForCopy() async {
        while isCopying { await awaitingCopy.wait() }
    }

    private func endCopying() {
        isCopying = false
        awaitingCopy.resumeAll()
    }

    private func foldNow(
        afterQuiet: Bool, evenWithoutChanges: Bool = false
    ) async throws(StorageFault) {
        isCopying = true
        defer { endCopying() }
        let hasGathered = await commits.hasGathered
        guard evenWithoutChanges || hasGathered || files.hasUnfolded else { return }
        do {
            let fold = try await seal()
            // The store may have been closed during the seal.
            if files.isClosed, files.snapshotBytes >= FoldPolicy.smallBytesMax {
                fold.cancellation.cancel()
            }
            let start = MonotonicTime.current()
            let outcome = try await run(fold)
            commits.counts.foldTime.add(MonotonicTime.current() - start)
            commits.counts.foldedBytes.add(Int(outcome.snapshotBytes))
            await take(outcome, of: fold)
            files.policy.folded(
                bytes: outcome.snapshotBytes, afterQuiet: afterQuiet, at: loop.now)
        } catch {
            files.policy.failed(at: loop.now)
            commits.counts.foldFailures.add()
            throw error
        }
    }

    /// Seals the active segment, begins the next one, and returns the fold of all sealed segments.
    private func seal() async throws(StorageFault) -> Fold {
        await commits.pause()
        let result: Result<Fold, StorageFault>
        do { result = .success(try await sealPaused()) } catch { result = .failure(error) }
        await commits.resume()
        return try result.get()
    }

    private func sealPaused() async throws(StorageFault) -> Fold {
        try await commits.checkWritable()
        _ = try await commits.readyJournal()
        // A sealed segment is durable as a whole, and no marker of the fold is written after it.
        try await commits.syncMarkersPaused()
        let sealed = try await commits.readyJournal()
        guard files.generation.segments.count < Address.liveSegmentsMax else { throw .full }
        guard sealed.number < Folder.segmentNumberMax else {
            throw .failed("the journal's segments have no further number")
        }
        let folder = files.folder
        let unfinished = try await threads.journal.perform { () throws(StorageFault) in
            do { return try Fold.Unfinished(in: folder) } catch {
                throw StorageFault(writing: error)
            }
        }
        let next = try await segment(after: sealed, orRemove: unfinished)
        files.sealedLengths.append(sealed.length)
        let retiring = RetiringFiles(files.generation)
        files.generation.segments.append(.init(number: next.number, file: next.file))
        files.journal = next
        sealedChanges = files.unfoldedChanges
        sealedMarkers = files.unfoldedMarkers
        files.policy.sealed()
        return Fold(
            folder: folder, unfinished: unfinished, storeID: files.storeID,
            users: memory.foldedUsers, keys: memory.durableKeys,
            invites: memory.invitesByDigest, newestTimestamp: memory.durableNewestTimestamp,
            addresses: memory.beginFold(), files: retiring,
            segmentLengths: files.sealedLengths, nextSegment: next.number)
    }

    private func segment(
        after sealed: Journal, orRemove unfinished: Fold.Unfinished
    ) async throws(StorageFault) -> Journal {
        let (folder, storeID) = (files.folder, files.storeID)
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
            // The next segment may or may not exist, so there is none to write to.
            if case .failed = error { await commits.fail(with: error) }
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
            memory.abandonFold()
            _ = try? await threads.journal.perform { () throws(StorageFault) in
                fold.unfinished.remove()
            }
            throw error
        }
        switch result {
        case .success(let outcome): return outcome
        case .failure(.gaveUp(let fault)):
            memory.abandonFold()
            throw fault
        case .failure(.uncertain(let why)):
            memory.abandonFold()
            await commits.pause()
            await commits.fail(with: .failed(why))
            await commits.resume()
            throw .failed(why)
        }
    }

    /// Switches reads to the new file, and removes the folded segments.
    private func take(_ outcome: Fold.Outcome, of fold: Fold) async {
        memory.endFold(outcome.addresses)
        files.generation = Generation(
            snapshot: outcome.snapshot,
            segments: files.generation.segments.filter { $0.number >= fold.nextSegment })
        files.snapshotBytes = outcome.snapshotBytes
        files.sealedLengths = []
        files.unfoldedChanges -= sealedChanges
        files.unfoldedMarkers -= sealedMarkers
        files.statesMarkers = true
        let (folder, retiring) = (files.folder, fold.files)
        let removal = try? await threads.background.perform { () throws(StorageFault) -> String? in
            do throws(SystemCallError) {
                for segment in retiring.generation?.segments ?? [] {
                    try folder.disk.unlinkIfThere(folder.segment(segment.number))
                }
                retiring.close()
                return nil
            } catch { return error.description }
        }
        if let removal {
            log.log(
                .warning, "a folded segment is still there", metadata: ["fault": "\(removal)"])
        }
    }

    // MARK: Backups and closing

    /// See `JSONStore.backup`.
    func backup(to path: String) async throws(BackupFault) -> BackupReport {
        await waitForCopy()
        isCopying = true
        defer { endCopying() }
        // The copy holds what readers see, gathered markers included.
        await commits.writeMarkers()
        if files.isClosed { throw .store(.closed) }
        let backup = Backup(
            source: files.folder,
            destination: NewFolder(folder: Folder(path: path, disk: files.folder.disk)),
            storeID: files.storeID, generation: files.generation,
            segmentLengths: files.sealedLengths + [files.journalEnd])
        copyUnderWay = backup.cancellation
        defer { copyUnderWay = nil }
        return try await backup.run(on: threads.background)
    }

    /// Cancels a copy under way in a large store, and folds a small store.
    func close() async {
        if files.snapshotBytes >= FoldPolicy.smallBytesMax { copyUnderWay?.cancel() }
        await waitForCopy()
        guard files.policy.foldsAtShutdown(snapshotBytes: files.snapshotBytes) else { return }
        do {
            try await foldNow(afterQuiet: false)
        } catch {
            log.log(.error, "the journal was not folded", metadata: ["fault": "\(error)"])
        }
    }
}
