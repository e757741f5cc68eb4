internal import EventLoop
internal import Glibc

/// Makes the files of a store ready for the next change, after they have been read. It may find
/// the disk full: then it is done again from the start when the next change arrives.
struct Preparation: Sendable {
    private static let pieceBytes: Int64 = 1 << 20

    let folder: Folder
    let recovery: Recovery

    struct Ready: Sendable {
        var journal: Journal
        var generation: Generation
        var snapshotBytes: Int64
    }

    func run() throws(SystemCallError) -> Ready {
        try removeLeftovers()
        return recovery.isNew ? try make() : try mend()
    }

    /// The snapshot that was read may have got its name from a process that died before the folder
    /// was confirmed: what only the snapshot before it needs goes after that, and not sooner.
    private func removeLeftovers() throws(SystemCallError) {
        if !recovery.leftovers.isEmpty { try folder.disk.syncFolder(folder.path) }
        for number in recovery.leftovers {
            try folder.disk.unlinkIfThere(folder.segment(number))
        }
        try folder.disk.unlinkIfThere(folder.unfinishedSnapshot)
    }

    /// The segment comes first: without a snapshot it is known to hold nothing.
    private func make() throws(SystemCallError) -> Ready {
        let journal = try Journal.create(1, after: 0, storeID: recovery.storeID, in: folder)
        let snapshot = try folder.disk.open(folder.unfinishedSnapshot, .replacing)
        var writer = SnapshotWriter(snapshot)
        writer.endUsers()
        let length = try writer.finish(
            SnapshotMeta(storeID: recovery.storeID, firstSegment: 1, revision: 0))
        try folder.disk.rename(folder.unfinishedSnapshot, to: folder.snapshot)
        try folder.disk.syncFolder(folder.path)
        try syncParent()
        return Ready(
            journal: journal,
            generation: Generation(
                snapshot: snapshot, segments: [.init(number: 1, file: journal.file)]),
            snapshotBytes: length)
    }

    /// The folder may be as new as what is in it. Whoever may make one need not be let look at the
    /// others beside it.
    private func syncParent() throws(SystemCallError) {
        do { try folder.disk.syncFolder(folder.parent) } catch {
            guard error.number == EACCES else { throw error }
        }
    }

    /// Cuts a torn tail off. What was read beyond the offset known durable may have come from
    /// memory alone, left there by a process that died or whose fsync failed; only writing it
    /// again makes it certain.
    private func mend() throws(SystemCallError) -> Ready {
        let file = try folder.disk.open(folder.segment(recovery.lastSegment), .writing)
        let end = recovery.lastEnd
        if end.tornBytes > 0 { try file.truncate(to: end.length) }
        var offset = end.durable
        while offset < end.length {
            var piece: [UInt8] = []
            let count = Int(min(Self.pieceBytes, end.length - offset))
            try file.read(count, at: offset, appendingTo: &piece)
            guard !piece.isEmpty else { throw SystemCallError("pread", number: EIO) }
            try file.writeAll(piece, at: offset)
            offset += Int64(piece.count)
        }
        try file.sync()
        try folder.disk.syncFolder(folder.path)
        return Ready(
            journal: Journal(number: recovery.lastSegment, file: file, length: end.length),
            generation: recovery.generation, snapshotBytes: recovery.snapshotBytes)
    }
}
