internal import Encoding
internal import EventLoop

/// The move of a whole store from one engine to another, through one file.
extension StoreFolder {
    /// Writes the store into one file, and reads that file back. The folder stays as it is.
    ///
    /// - Throws: `.locked`; `.absent`; `.takeover`; `.damaged`; `.refused` if the file is there or
    ///   cannot be written.
    package func export(to path: String) async throws(StorageFault) -> ExportSummary {
        let threads = DiskThreads()
        defer { threads.stop() }
        try await threads.background.perform { [folder] () throws(StorageFault) in
            let stopped = try StoppedStore(folder)
            defer { withExtendedLifetime(stopped) {} }
            try Self.write(stopped.recovery, of: folder, to: ExportFile(path, disk: folder.disk))
        }
        return try await ExportFile(path, disk: folder.disk).checked()
    }

    private static func write(
        _ recovery: Recovery, of folder: Folder, to export: ExportFile
    ) throws(StorageFault) {
        let memory = recovery.memory.take()
        let tails =
            recovery.sealedLengths.map { SegmentReader.Tail.sealed($0) }
            + [SegmentReader.Tail.mayBeTorn]
        let invites = memory.invitesByDigest.map { Invite(digest: $0.key, expiresAt: $0.value) }
        let users = memory.foldedUsers
        let head = ExportHead(
            newestTimestamp: memory.durableNewestTimestamp, revision: users.lastRevision,
            keys: memory.durableKeys, invites: invites)
        let file = try export.begin()
        let photos = Array(memory.index.photos.ids)
        var copy = FoldCopy(SnapshotWriter(file), memory.beginFold(), Cancellation())
        do {
            try copy.copyAll(
                users, recovery.generation, tails, storeID: recovery.storeID, in: folder)
            let length = try copy.writer.finish(head.meta)
            if !photos.isEmpty {
                try ExportedPhotos(file: file, start: length, path: export.path)
                    .write(photos, of: PhotoFolder(of: folder))
            }
            try export.finish()
        } catch {
            export.abandon()
            throw export.refusal(error)
        }
    }

    /// Makes a store of a file that `export` wrote, and compares the two record by record.
    ///
    /// An import that was interrupted leaves no store, and begins anew.
    ///
    /// - Throws: `.refused` if a store stands there, or the file is of another kind; `.damaged` for
    ///   the file; `.locked`; `.full`; `.failed`.
    package func importStore(from path: String) async throws(StorageFault) -> ExportSummary {
        let summary = try await ExportReader.check(path)
        let threads = DiskThreads()
        defer { threads.stop() }
        try await threads.background.perform { [folder] () throws(StorageFault) in
            let export = ExportFile(path, disk: folder.disk)
            guard let lock = try StoreStartup.lock(folder) else { throw .full }
            defer { withExtendedLifetime(lock) {} }
            try Self.clear(folder)
            let creation = Creation(folder: folder)
            try creation.removingOnFailure { () throws(StorageFault) in
                try Self.copy(export, summary.head, to: creation)
                try creation.check()
                try Self.compare(export, with: folder)
                try PhotoFolder(of: folder).take(
                    ExportedPhotos(
                        file: try export.open(), start: summary.recordBytes, path: path))
            }
            try creation.makeJournal()
            try creation.finish()
        }
        return summary
    }

    /// Removes a store that holds nobody, or what an interrupted import has left of one.
    private static func clear(_ folder: Folder) throws(StorageFault) {
        let recovery = try Recovery.read(folder)
        guard recovery.userCount == 0, recovery.messageCount == 0,
            recovery.memory.take().invitesByDigest.isEmpty
        else { throw .refused("a store with data stands there already; name an empty folder") }
        do throws(SystemCallError) {
            try folder.disk.unlinkIfThere(folder.snapshot)
            for number in try folder.segments() { try folder.disk.unlink(folder.segment(number)) }
            try PhotoFolder(of: folder).removeAll()
        } catch { throw StorageFault(writing: error) }
    }

    private static func copy(
        _ export: ExportFile, _ head: ExportHead, to creation: Creation
    ) throws(StorageFault) {
        let folder = creation.folder
        do {
            let file = try folder.disk.open(folder.unfinishedSnapshot, .replacing)
            var visitor = RecordCopy(writer: SnapshotWriter(file))
            var reader = SnapshotReader(
                try export.open(), path: export.path, mayBeFollowed: true)
            var lines = reader.lines
            while try reader.step(&lines, &visitor) {}
            visitor.endUsers()
            var meta = head.meta
            meta.storeID = creation.storeID
            _ = try visitor.writer.finish(meta)
        } catch { throw StorageFault(writing: error) }
    }

    /// Compares every line but the last, which names the store.
    private static func compare(_ export: ExportFile, with folder: Folder) throws(StorageFault) {
        do {
            let copy = try folder.disk.open(folder.unfinishedSnapshot, .reading)
            var (one, other) = (
                LineReader(try export.open(), lineBytesMax: SnapshotFormat.lineBytesMax),
                LineReader(copy, lineBytesMax: SnapshotFormat.lineBytesMax)
            )
            while let line = try one.next() {
                let record = one.bytes.span.extracting(line)
                guard let copied = try other.next() else { throw Self.differs }
                if SnapshotLine.isMeta(record) { return }
                guard record.equals(other.bytes.span.extracting(copied)) else {
                    throw Self.differs
                }
            }
        } catch { throw StorageFault(writing: error) }
    }

    private static var differs: StorageFault {
        .failed("a record of the new store is not as it is in the file")
    }
}

/// Copies the records of a store's file, byte for byte.
private struct RecordCopy: SnapshotVisitor {
    var writer: SnapshotWriter
    private var isInUsers = true

    init(writer: SnapshotWriter) { self.writer = writer }

    mutating func user(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault) {
        let bytes = record.withUnsafeBufferPointer { Array($0) }
        do { try writer.add(user: bytes) } catch { throw StorageFault(writing: error) }
    }

    mutating func message(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault) {
        endUsers()
        do { _ = try writer.add(message: record) } catch { throw StorageFault(writing: error) }
    }

    mutating func endUsers() {
        if isInUsers { writer.endUsers() }
        isInUsers = false
    }
}
