internal import EventLoop
internal import Glibc

/// Prepares the files of a store for the next change, after they have been read. If the disk is
/// full, the next change runs it again from the start.
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

    /// Removes segments that are no longer needed. It syncs the folder first, because a process may
    /// have died between renaming the snapshot and that sync. After a power cut the older snapshot
    /// would then still need its segments.
    private func removeLeftovers() throws(SystemCallError) {
        if !recovery.leftovers.isEmpty { try folder.disk.syncFolder(folder.path) }
        for number in recovery.leftovers {
            try folder.disk.unlinkIfThere(folder.segment(number))
        }
        try folder.disk.unlinkIfThere(folder.unfinishedSnapshot)
    }

    /// Makes the first segment and an empty snapshot. The segment comes first, because a lone first
    /// segment is known to be empty.
    private func make() throws(SystemCallError) -> Ready {
        let journal = try Journal.create(1, after: 0, storeID: recovery.storeID, in: folder)
        let snapshot = try folder.disk.open(folder.unfinishedSnapshot, .replacing)
        var writer = SnapshotWriter(snapshot)
        writer.endUsers()
        let length = try writer.finish(
            SnapshotMeta(
                storeID: recovery.storeID, firstSegment: 1, revision: 0, statesMarkers: true))
        try folder.disk.rename(folder.unfinishedSnapshot, to: folder.snapshot)
        try folder.disk.syncFolder(folder.path)
        try syncParent()
        return Ready(
            journal: journal,
            generation: Generation(
                snapshot: snapshot, segments: [.init(number: 1, file: journal.file)]),
            snapshotBytes: length)
    }

    /// Syncs the parent folder, because the store's folder may be new. The process may lack
    /// permission to read the parent, and that is no fault.
    private func syncParent() throws(SystemCallError) {
        do { try folder.disk.syncFolder(folder.parent) } catch {
            guard error.number == EACCES else { throw error }
        }
    }

    /// Cuts off a torn tail, and writes the bytes after the durable offset again.
    ///
    /// Those bytes may have been read from the page cache alone. A process that died, or a failed
    /// fsync, may have left them there. Only another write makes them durable.
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
