internal import EventLoop
internal import Logging
internal import RateLimit

/// Pauses of the journal, and its end.
extension GroupCommit {
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
        if !turnWaiters.isEmpty {
            // Those that come meanwhile need no turn, so the next write waits only for these.
            let waiters = turnWaiters
            turnWaiters = []
            turns = waiters.count
            for waiter in waiters { waiter.resume() }
        } else if pauseWaiters.isEmpty {
            writeNext()
        } else {
            pauseWaiters.removeFirst().resume()
        }
    }

    /// Delays the first try on a disk that was full at startup.
    func delayRetry() { fullUntil = loop.now + Self.fullRetryDelay }

    /// Takes no more changes, and waits for those under way.
    func close() async {
        activity.finish()
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
        guard case .open = state, !hasUnsyncedMarkers, let journal = files.journal,
            let lock = files.lockFile, let snapshot = files.generation.snapshot
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
        guard case .open = state else { return }
        try? await syncMarkersPaused()
        guard let journal = files.journal, case .open = state, !hasUnsyncedMarkers,
            files.hasUnfolded
        else { return }
        var line: [UInt8] = []
        JournalLine.append(JournalRecord.durable(journal.length), to: &line)
        let bytes = line
        let outcome = try? await threads.journal.perform { () throws(StorageFault) in
            journal.write(bytes)
        }
        guard case .written? = outcome, let length = files.journal?.length else { return }
        files.journal?.length = length + Int64(bytes.count)
        files.journal?.durable = length + Int64(bytes.count)
    }
}
