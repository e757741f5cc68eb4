internal import Synchronization
internal import Encoding
internal import EventLoop

/// Writes a new `db.json` from the old one and the sealed segments, in pieces. It needs twelve
/// bytes of memory for each message, and a fixed amount besides.
///
/// Records are copied byte for byte in the order of their addresses. Every line is compared with
/// its checksum, so damage is noticed and never signed anew.
struct Fold: Sendable {
    /// The file that a fold writes, and the folder that will hold its name. They are all
    /// descriptors that a fold needs, and are opened before it changes anything. `remove` removes
    /// an unfinished file.
    final class Unfinished: Sendable {
        let file: any DiskFile
        let names: any DiskFolder
        private let folder: Folder

        init(in folder: Folder) throws(SystemCallError) {
            self.folder = folder
            names = try folder.disk.openFolder(folder.path)
            do { file = try folder.disk.open(folder.unfinishedSnapshot, .replacing) } catch {
                // A failed open may have made the file all the same.
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
    /// The addresses of the messages that the new file will hold.
    let addresses: ChunkedArray<UInt64>
    /// The old file and the sealed segments. `segmentLengths` holds the length of each segment.
    let files: RetiringFiles
    let segmentLengths: [Int64]
    /// The first segment whose changes the new file will not hold.
    let nextSegment: Int

    let cancellation = Cancellation()

    struct Outcome: Sendable {
        let snapshot: any DiskFile
        let snapshotBytes: Int64
        /// The addresses of the messages in the new file.
        let addresses: ChunkedArray<UInt64>
    }

    enum Fault: Error {
        /// The store is unchanged.
        case gaveUp(StorageFault)
        /// After a power cut the folder may hold the new file or the old one.
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
        try copy.copyAll(
            users, files.generation, segmentLengths.map { .sealed($0) }, storeID: storeID,
            in: folder)
        let length = try copy.writer.finish(
            SnapshotMeta(
                storeID: storeID, firstSegment: nextSegment, newestTimestamp: newestTimestamp,
                revision: users.lastRevision, keys: keys, invites: invites,
                statesMarkers: true))
        return Outcome(snapshot: unfinished.file, snapshotBytes: length, addresses: copy.folded)
    }
}

/// Cancels a fold or backup from any thread. It then ends with `.closed`.
final class Cancellation: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }
    func cancel() { flag.store(true, ordering: .relaxed) }
}
