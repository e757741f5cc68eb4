internal import Encoding
internal import EventLoop
internal import Glibc

/// Copies a store, byte for byte, into a folder that is empty or not there; it blocks.
///
/// It copies what is open, so nobody has to wait: `db.json` never changes once it has its name, and
/// of the segment that takes changes the part is copied that was on the disk when the copy began.
/// Every line is then read back and held against its checksum. `db.json` gets its name last: what
/// an interrupted copy leaves is not a store.
struct Backup: Sendable {
    private static let pieceBytes: Int64 = 1 << 20

    let source: Folder
    let destination: Folder
    let storeID: ByteText
    let generation: Generation
    /// How much of each segment belongs to the copy.
    let segmentLengths: [Int64]
    let cancellation = Cancellation()

    func run() throws(BackupFault) -> BackupReport {
        guard let snapshot = generation.snapshot else { throw .store(.full) }
        let isNew = try enter()
        do throws(BackupFault) {
            var bytes: Int64 = 0
            for (segment, length) in zip(generation.segments, segmentLengths) {
                bytes += try copy(segment, length)
            }
            bytes += try copy(snapshot)
            try finish(isNew: isNew)
            return BackupReport(bytes: bytes, segments: segmentLengths.count)
        } catch {
            remove(isNew: isNew)
            throw error
        }
    }

    // MARK: The folder

    /// Whether the folder had to be made.
    private func enter() throws(BackupFault) -> Bool {
        let (disk, path) = (destination.disk, destination.path)
        do {
            try disk.makeFolder(path)
            return true
        } catch {
            guard error.number == EEXIST else { throw refusal(error) }
        }
        let isEmpty = try writing { () throws(SystemCallError) in try disk.list(path).isEmpty }
        guard isEmpty else {
            throw .destination(
                path: path, why: "it is not empty; name a folder that is, or a new one")
        }
        try writing { () throws(SystemCallError) in try disk.restrictFolder(path) }
        return false
    }

    private func finish(isNew: Bool) throws(BackupFault) {
        let disk = destination.disk
        try writing { () throws(SystemCallError) in
            // Nothing of the copy has the name that makes it one before all else is on the disk.
            try disk.syncFolder(destination.path)
            try disk.rename(destination.unfinishedSnapshot, to: destination.snapshot)
            try disk.syncFolder(destination.path)
            if isNew { try disk.syncFolder(destination.parent) }
        }
    }

    private func remove(isNew: Bool) {
        let disk = destination.disk
        try? disk.unlinkIfThere(destination.snapshot)
        try? disk.unlinkIfThere(destination.unfinishedSnapshot)
        for segment in generation.segments {
            try? disk.unlinkIfThere(destination.segment(segment.number))
        }
        if isNew { try? disk.removeFolder(destination.path) }
    }

    // MARK: The files

    private func copy(_ segment: Generation.Segment, _ length: Int64) throws(BackupFault) -> Int64 {
        let (name, number) = (source.segment(segment.number), segment.number)
        let copy = try open(destination.segment(number))
        try self.copy(segment.file, length, named: name, to: copy)
        var end = length
        if number == generation.segments.last?.number {
            // As at a clean stop: no damage to it can pass for a torn tail from now on.
            var line: [UInt8] = []
            JournalLine.append(JournalRecord.durable(length), to: &line)
            try writing { () throws(SystemCallError) in try copy.writeAll(line, at: length) }
            end += Int64(line.count)
        }
        try writing { () throws(SystemCallError) in try copy.sync() }
        var nothing = Onlooker()
        var reader = SegmentReader(
            copy, number: number, path: name, storeID: storeID, tail: .sealed(end))
        do { _ = try reader.read(&nothing) } catch { throw .store(error) }
        return end
    }

    private func copy(_ snapshot: any DiskFile) throws(BackupFault) -> Int64 {
        let copy = try open(destination.unfinishedSnapshot)
        let length = try reading { () throws(SystemCallError) in try snapshot.length() }
        try self.copy(snapshot, length, named: source.snapshot, to: copy)
        try writing { () throws(SystemCallError) in try copy.sync() }
        var nothing = Onlooker()
        var reader = SnapshotReader(copy, path: source.snapshot)
        do { _ = try reader.read(&nothing) } catch { throw .store(error) }
        return length
    }

    private func open(_ path: String) throws(BackupFault) -> any DiskFile {
        try writing { () throws(SystemCallError) in try destination.disk.open(path, .replacing) }
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
            try writing { () throws(SystemCallError) in try copy.writeAll(piece, at: offset) }
            offset += Int64(piece.count)
        }
    }

    // MARK: Whose fault it is

    private func reading<T>(
        _ work: () throws(SystemCallError) -> T
    ) throws(BackupFault) -> T {
        do { return try work() } catch { throw .store(StorageFault(reading: error)) }
    }

    private func writing<T>(
        _ work: () throws(SystemCallError) -> T
    ) throws(BackupFault) -> T {
        do { return try work() } catch { throw refusal(error) }
    }

    private func refusal(_ error: SystemCallError) -> BackupFault {
        .destination(path: destination.path, why: error.description)
    }
}

/// Lets records and changes pass: their lines have been checked on the way.
private struct Onlooker: SnapshotVisitor, SegmentVisitor {
    func user(_ record: Span<UInt8>, at offset: Int64) {}
    func message(_ record: Span<UInt8>, at offset: Int64) {}
    func change(_ json: Span<UInt8>, at offset: Int64) {}
}
