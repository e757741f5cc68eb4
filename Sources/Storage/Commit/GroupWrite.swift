internal import EventLoop

/// Writes one group to the journal. It is made on the loop, and runs on the journal's thread.
struct GroupWrite: Sendable {
    /// The result of a write.
    struct Written: Sendable {
        /// The files that were prepared first, if the disk was full until now.
        let prepared: (ready: Preparation.Ready, lock: any DiskFile)?
        let segment: Int
        /// The offset in the segment at which the group's lines begin.
        let base: Int
        let bytes: Int
        /// The bytes that are not read markers.
        let changeBytes: Int
        let isDurable: Bool
        /// The time of the write and the fsync.
        let duration: Duration
    }

    /// The lines of read markers, which come before those of the changes.
    private let markers: [UInt8]
    private let lines: [UInt8]
    private let isDurable: Bool
    private let journal: Journal?
    private let preparation: Preparation?
    private let lock: (any DiskFile)?

    /// - Parameters:
    ///   - group: Nil writes the markers alone.
    ///   - isDurable: Whether the file is synced. Only markers may be written without that.
    init(
        _ group: CommitGroup?, _ markers: GatheredMarkers, _ files: StoreFiles,
        isDurable: Bool = true
    ) {
        var markerLines: [UInt8] = []
        if !files.statesMarkers { JournalLine.append(JournalRecord.allRead(), to: &markerLines) }
        self.markers = markerLines + markers.journalLines
        self.isDurable = isDurable
        lines = group?.lines ?? []
        journal = files.journal
        preparation = files.preparation
        // The lock is held only if preparation may replace it. Otherwise `close` could not unlock
        // the folder.
        lock = files.preparation == nil ? nil : files.lockFile
    }

    /// Blocks until the write has succeeded, has certainly failed, or has an unknown result.
    @Sendable func run() -> Result<Written, StorageFault> {
        do throws(StorageFault) {
            if let journal { return .success(try write(to: journal, nil)) }
            guard let preparation else { preconditionFailure("the files have no preparation") }
            let prepared = try preparation.run(holding: lock)
            return .success(try write(to: prepared.ready.journal, prepared))
        } catch { return .failure(error) }
    }

    private func write(
        to journal: Journal, _ prepared: (ready: Preparation.Ready, lock: any DiskFile)?
    ) throws(StorageFault) -> Written {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(markers.count + lines.count + 64)
        JournalLine.append(JournalRecord.durable(journal.durable), to: &bytes)
        bytes.append(contentsOf: markers)
        let start = bytes.count
        bytes.append(contentsOf: lines)
        guard journal.length + Int64(bytes.count) < Address.segmentBytesMax else { throw .full }
        let begun = MonotonicTime.current()
        switch journal.write(bytes, isDurable: isDurable) {
        case .full: throw .full
        case .shortage(let why): throw .shortage(why)
        case .failed(let why): throw .failed(why)
        case .written: break
        }
        return Written(
            prepared: prepared, segment: journal.number, base: Int(journal.length) + start,
            bytes: bytes.count, changeBytes: bytes.count - markers.count, isDurable: isDurable,
            duration: MonotonicTime.current() - begun)
    }
}
