internal import EventLoop

/// Read markers, which become visible between two groups and wait for the next one.
extension GroupCommit {
    /// The longest time that a read marker waits for a group. With the time of the write, a killed
    /// process loses no marker that is older than 30 s. After a power cut, the delay with which the
    /// kernel writes to the disk comes on top.
    static let markerDelay = Duration.seconds(25)

    /// Writes read markers that no group has taken along for a while. One task runs this as long
    /// as the store is open.
    func writeMarkersInTime() async {
        for await _ in firstMarkers.values {
            // A full disk takes them later.
            repeat {
                do { try await loop.sleep(for: Self.markerDelay) } catch { return }
                await writeMarkers()
            } while hasGathered
        }
    }

    /// Whether nothing is being written, and no caller has paused the journal. Only then may a
    /// marker become visible: its number lies between those of the groups before and after it.
    var isStill: Bool { !isBusy || turns > 0 }

    /// Waits until nothing is being written. Returns whether the caller has to call `endTurn`.
    func waitForTurn() async -> Bool {
        if isStill { return false }
        await Waiter<Void>().wait {
            turnWaiters.append($0)
            return nil
        }
        return true
    }

    func endTurn() {
        turns -= 1
        if turns == 0 { resume() }
    }

    /// Makes a marker visible. It goes to the journal with the next group.
    func gather(_ change: Change) throws(StorageFault) {
        try checkWritable()
        if let problem = memory.problem(with: change) { throw .refused(problem) }
        let isFirst = gathered.isEmpty
        gathered.add(change, number: memory.confirm(change, message: nil, at: nil))
        if isFirst { firstMarkers.send() }
    }

    /// Whether a marker is only in memory, or not known to be durable.
    var hasUnsyncedMarkers: Bool {
        !gathered.isEmpty || files.journal.map { $0.durable < $0.length } ?? false
    }

    /// Whether a marker waits for the journal. A failed disk takes none.
    var hasGathered: Bool {
        if case .open = state { !gathered.isEmpty } else { false }
    }

    /// Writes the gathered markers to the journal, without an fsync.
    func writeMarkers() async {
        await pause()
        defer { resume() }
        guard !gathered.isEmpty, case .open = state else { return }
        do throws(StorageFault) { try await writePaused(isDurable: false) } catch {
            if case .failed = error { fail(with: error) }
        }
    }

    /// Makes all markers durable. Call it during a pause.
    func syncMarkersPaused() async throws(StorageFault) {
        guard hasUnsyncedMarkers else { return }
        do throws(StorageFault) { try await writePaused(isDurable: true) } catch {
            if case .failed = error { fail(with: error) }
            throw error
        }
    }

    private func writePaused(isDurable: Bool) async throws(StorageFault) {
        let write = GroupWrite(nil, gathered, files, isDurable: isDurable)
        let written = try await threads.journal.perform { () throws(StorageFault) in
            try write.run().get()
        }
        take(written)
    }

    /// Takes over what a write has changed.
    func take(_ written: GroupWrite.Written) {
        let files = files
        if let prepared = written.prepared { files.take(prepared.ready, prepared.lock) }
        files.statesMarkers = true
        files.unfoldedMarkers += gathered.count
        gathered.removeAll()
        files.journal?.length += Int64(written.bytes)
        if written.isDurable, let length = files.journal?.length { files.journal?.durable = length }
    }
}
