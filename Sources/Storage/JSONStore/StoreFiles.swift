internal import Encoding
internal import EventLoop

/// The files of a store, and how much there is in them. Lives on the loop.
final class StoreFiles {
    let folder: Folder
    let storeID: ByteText
    /// Nil as long as the disk is too full to hold one.
    var lockFile: (any DiskFile)?

    /// Nil until the files have been made ready; from then on `preparation` is.
    var journal: Journal?
    var preparation: Preparation?
    var generation: Generation
    var snapshotBytes: Int64
    /// Lengths of the segments that have been sealed and not been folded.
    var sealedLengths: [Int64]
    /// How many changes `db.json` does not hold.
    var unfoldedChanges: Int
    var policy = FoldPolicy()
    /// Nothing may use the threads of the disk any more.
    var isClosed = false

    init(_ opening: Opening, in folder: Folder) {
        let recovery = opening.recovery
        self.folder = folder
        storeID = recovery.storeID
        lockFile = opening.lock
        preparation =
            opening.ready == nil ? Preparation(folder: folder, recovery: recovery) : nil
        generation = opening.ready?.generation ?? recovery.generation
        journal = opening.ready?.journal
        snapshotBytes = opening.ready?.snapshotBytes ?? recovery.snapshotBytes
        sealedLengths = recovery.sealedLengths
        unfoldedChanges = recovery.unfoldedChanges
        if recovery.holdsRemoval { policy.noteRemoval(at: .current()) }
    }

    /// How much `db.json` lacks; 0 when it lacks nothing.
    var journalBytes: Int64 {
        unfoldedChanges == 0 ? 0 : sealedLengths.reduce(journal?.length ?? 0, +)
    }

    /// Where the segment that takes changes ends.
    var journalEnd: Int64 { journal?.length ?? preparation?.recovery.lastEnd.length ?? 0 }

    /// Takes over files that were not ready before.
    func take(_ ready: Preparation.Ready, _ lock: any DiskFile) {
        lockFile = lock
        journal = ready.journal
        preparation = nil
        generation = ready.generation
        snapshotBytes = ready.snapshotBytes
    }
}
