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
    }

    private let lines: [UInt8]
    private let journal: Journal?
    private let preparation: Preparation?
    private let lock: (any DiskFile)?

    init(_ group: CommitGroup, _ files: StoreFiles) {
        lines = group.lines
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
        bytes.reserveCapacity(lines.count + 64)
        JournalLine.append(JournalRecord.durable(journal.length), to: &bytes)
        let start = bytes.count
        bytes.append(contentsOf: lines)
        guard journal.length + Int64(bytes.count) < Address.segmentBytesMax else { throw .full }
        switch journal.write(bytes) {
        case .full: throw .full
        case .shortage(let why): throw .shortage(why)
        case .failed(let why): throw .failed(why)
        case .written: break
        }
        return Written(
            prepared: prepared, segment: journal.number, base: Int(journal.length) + start,
            bytes: bytes.count)
    }
}
