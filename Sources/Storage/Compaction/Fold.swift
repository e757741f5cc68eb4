internal import Encoding
internal import EventLoop

/// Writes a new `db.json` from the old one and the sealed segments, in pieces: it needs as much
/// memory for a store of any size, but for twelve bytes a message.
///
/// Records are copied byte for byte in the order in which they lie, and every line passes its
/// checksum on the way: damage is noticed, never signed anew.
struct Fold: Sendable {
    /// The file that a fold writes, and the folder in which it gets its name: all descriptors that
    /// a fold needs, taken before it changes anything. What is not finished is removed in the end.
    final class Unfinished: Sendable {
        let file: any DiskFile
        let names: any DiskFolder
        private let folder: Folder

        init(in folder: Folder) throws(SystemCallError) {
            self.folder = folder
            names = try folder.disk.openFolder(folder.path)
            do { file = try folder.disk.open(folder.unfinishedSnapshot, .replacing) } catch {
                // It may have been made all the same.
                try? folder.disk.unlinkIfThere(folder.unfinishedSnapshot)
                throw error
            }
        }

        func remove() { try? folder.disk.unlinkIfThere(folder.unfinishedSnapshot) }
    }

    let folder: Folder
    let unfinished: Unfinished
    let storeID: ByteText
    let users: FoldedUsers
    let keys: [Int: ByteText]
    let invites: [ByteText: Int64]
    let newestTimestamp: Int64
    /// Where the messages lie that the new file is to hold.
    let addresses: ChunkedArray<UInt64>
    /// The old file and the sealed segments, with the length of each.
    let files: RetiringFiles
    let segmentLengths: [Int64]
    /// The first segment whose changes the new file will not hold.
    let nextSegment: Int

    let cancellation = Cancellation()

    struct Outcome: Sendable {
        let snapshot: any DiskFile
        let snapshotBytes: Int64
        /// Where in the new file the messages lie.
        let addresses: ChunkedArray<UInt64>
    }

    enum Fault: Error {
        /// The store is as it was.
        case gaveUp(StorageFault)
        /// Whether the new file or the old one is found after a power cut is not known.
        case uncertain(String)
    }

    func run() throws(Fault) -> Outcome {
        let outcome: Outcome
        do {
            outcome = try write()
            try folder.disk.rename(folder.unfinishedSnapshot, to: folder.snapshot)
        } catch {
            unfinished.remove()
            throw .gaveUp(StorageFault(writing: error))
        }
        do {
            try unfinished.names.sync()
        } catch { throw .uncertain(error.description) }
        return outcome
    }

    private func write() throws -> Outcome {
        var copy = FoldCopy(SnapshotWriter(unfinished.file), addresses, cancellation)
        try users.forEach { record in try copy.writer.add(user: record.json()) }
        copy.writer.endUsers()
        let generation = files.generation
        if let snapshot = generation?.snapshot {
            var reader = SnapshotReader(snapshot, path: folder.snapshot)
            _ = try reader.read(&copy)
        }
        for (segment, length) in inOrderOfPlace(generation?.segments ?? []) {
            copy.begin(segment: segment.number)
            var reader = SegmentReader(
                segment.file, number: segment.number, path: folder.segment(segment.number),
                storeID: storeID, tail: .sealed(length))
            _ = try reader.read(&copy)
        }
        try copy.checkIsWhole(folder.snapshot)
        let length = try copy.writer.finish(
            SnapshotMeta(
                storeID: storeID, firstSegment: nextSegment, newestTimestamp: newestTimestamp,
                revision: users.lastRevision, keys: keys, invites: invites))
        return Outcome(snapshot: unfinished.file, snapshotBytes: length, addresses: copy.folded)
    }

    private func inOrderOfPlace(
        _ segments: [Generation.Segment]
    ) -> [(Generation.Segment, Int64)] {
        zip(segments, segmentLengths).sorted {
            Address.start(ofSegment: $0.0.number) < Address.start(ofSegment: $1.0.number)
        }
    }
}
