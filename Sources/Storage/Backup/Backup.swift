internal import Encoding
internal import EventLoop

/// Copies a store, byte for byte, into a folder that is empty or does not exist. It blocks.
///
/// The copy reads open files, so no caller has to wait. `db.json` never changes once it has its
/// name. Of the active segment, the copy takes the groups that were written when the copy began.
///
/// Every line is read back and compared with its checksum. `db.json` gets its name last, so an
/// interrupted copy is not a store.
struct Backup: Sendable {
    private static let pieceBytes: Int64 = 1 << 20

    let source: Folder
    let destination: NewFolder
    let storeID: ByteText
    let generation: Generation
    /// The number of bytes of each segment that belong to the copy.
    let segmentLengths: [Int64]
    let cancellation = Cancellation()

    /// Runs on a thread of the pool. Cancelling the task cancels the copy.
    func run(on pool: WorkerPool) async throws(BackupFault) -> BackupReport {
        let result: Result<BackupReport, BackupFault>? = await withTaskCancellationHandler {
            try? await pool.perform { () throws(StorageFault) in
                do throws(BackupFault) { return .success(try run()) } catch {
                    return .failure(error)
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
        guard let result else { throw .store(.busy) }
        return try result.get()
    }

    func run() throws(BackupFault) -> BackupReport {
        guard let snapshot = generation.snapshot else { throw .store(.full) }
        let isNew = try destination.enter()
        do throws(BackupFault) {
            // First, because a photo may go with its message while the rest is copied.
            var bytes = try PhotoCopy(
                from: PhotoFolder(of: source), to: PhotoFolder(of: destination.folder),
                cancellation: cancellation
            ).run(destination)
            for (segment, length) in zip(generation.segments, segmentLengths) {
                bytes += try copy(segment, length)
            }
            bytes += try copy(snapshot)
            try destination.finish(isNew: isNew)
            return BackupReport(bytes: bytes, segments: segmentLengths.count)
        } catch {
            destination.remove(segments: generation.segments.map(\.number), isNew: isNew)
            throw error
        }
    }

    // MARK: The files

    private func copy(_ segment: Generation.Segment, _ length: Int64) throws(BackupFault) -> Int64 {
        let (name, number) = (source.segment(segment.number), segment.number)
        let copy = try open(destination.folder.segment(number))
        try self.copy(segment.file, length, named: name, to: copy)
        var end = length
        if number == generation.segments.last?.number {
            // The line makes the copy end as after a clean stop. Damage to it cannot pass for a
            // torn tail.
            var line: [UInt8] = []
            JournalLine.append(JournalRecord.durable(length), to: &line)
            try destination.writing { () throws(SystemCallError) in
                try copy.writeAll(line, at: length)
            }
            end += Int64(line.count)
        }
        try destination.writing { () throws(SystemCallError) in try copy.sync() }
        var visitor = IgnoringVisitor()
        var reader = SegmentReader(
            copy, number: number, path: name, storeID: storeID, tail: .sealed(end))
        do { _ = try reader.read(&visitor) } catch { throw .store(error) }
        return end
    }

    private func copy(_ snapshot: any DiskFile) throws(BackupFault) -> Int64 {
        let copy = try open(destination.folder.unfinishedSnapshot)
        let length = try reading { () throws(SystemCallError) in try snapshot.length() }
        try self.copy(snapshot, length, named: source.snapshot, to: copy)
        try destination.writing { () throws(SystemCallError) in try copy.sync() }
        var visitor = IgnoringVisitor()
        var reader = SnapshotReader(copy, path: source.snapshot)
        do { _ = try reader.read(&visitor) } catch { throw .store(error) }
        return length
    }

    private func open(_ path: String) throws(BackupFault) -> any DiskFile {
        try destination.writing { () throws(SystemCallError) in
            try destination.folder.disk.open(path, .replacing)
        }
    }

    private func copy(
        _ file: any DiskFile, _ length: Int64, named name: String, to copy: any DiskFile
    ) throws(BackupFault) {
        var offset: Int64 = 0
        while offset < length {
            if cancellation.isCancelled { throw .store(.closed) }
            let piece = try reading { () throws(SystemCallError) in
                var piece: [UInt8] = []
                let count = Int(min(Self.pieceBytes, length - offset))
                try file.read(count, at: offset, appendingTo: &piece)
                return piece
            }
            if piece.isEmpty {
                throw .store(.damaged(file: name, offset: offset, why: "it ends too soon"))
            }
            try destination.writing { () throws(SystemCallError) in
                try copy.writeAll(piece, at: offset)
            }
            offset += Int64(piece.count)
        }
    }

    // MARK: Faults of each side

    private func reading<T>(
        _ work: () throws(SystemCallError) -> T
    ) throws(BackupFault) -> T {
        do { return try work() } catch { throw .store(StorageFault(reading: error)) }
    }
}

/// Ignores records and changes. The readers check the lines on the way.
struct IgnoringVisitor: SnapshotVisitor, SegmentVisitor {
    func user(_ record: Span<UInt8>, at offset: Int64) {}
    func message(_ record: Span<UInt8>, at offset: Int64) {}
    func change(_ json: Span<UInt8>, at offset: Int64) {}
}

/// The size of a copy of a store.
package struct BackupReport: Sendable, Equatable {
    /// The length of all files together.
    package let bytes: Int64
    /// The number of segments of the journal.
    package let segments: Int

    package init(bytes: Int64, segments: Int) {
        self.bytes = bytes
        self.segments = segments
    }
}

/// The reason why no copy of a store was made. Nothing is left of a copy that was begun.
package enum BackupFault: Error, Sendable, Equatable {
    /// The destination cannot hold the copy.
    case destination(path: String, why: String)
    /// The store cannot be copied.
    case store(StorageFault)
}

extension BackupFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .destination(let path, let why): "\(path): \(why)"
        case .store(let fault): fault.description
        }
    }
}
