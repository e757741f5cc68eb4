internal import Encoding
internal import EventLoop

/// The files of a store and their lengths. It lives on the loop.
final class StoreFiles {
    let folder: Folder
    let storeID: ByteText
    /// Is nil as long as the disk is too full for a lock file.
    var lockFile: (any DiskFile)?

    /// Is nil until the files have been prepared. Until then `preparation` is not nil.
    var journal: Journal?
    var preparation: Preparation?
    var generation: Generation
    var snapshotBytes: Int64
    /// The lengths of the sealed segments that have not been folded.
    var sealedLengths: [Int64]
    /// The number of changes that `db.json` does not hold, read markers left out.
    var unfoldedChanges: Int
    /// The number of lines of read markers that `db.json` does not hold.
    var unfoldedMarkers: Int
    /// Whether the files state read markers. If not, the next group says that all messages before
    /// it count as read.
    var statesMarkers: Bool
    var policy = FoldPolicy()
    /// Whether the store is closed. No caller may use the disk threads any more.
    var isClosed = false

    init(_ startup: StoreStartup, in folder: Folder) {
        let recovery = startup.recovery
        self.folder = folder
        storeID = recovery.storeID
        lockFile = startup.lock
        preparation =
            startup.ready == nil ? Preparation(folder: folder, recovery: recovery) : nil
        generation = startup.ready?.generation ?? recovery.generation
        journal = startup.ready?.journal
        snapshotBytes = startup.ready?.snapshotBytes ?? recovery.snapshotBytes
        sealedLengths = recovery.sealedLengths
        unfoldedChanges = recovery.unfoldedChanges
        unfoldedMarkers = recovery.unfoldedMarkers
        statesMarkers = recovery.statesMarkers
        if recovery.holdsRemoval { policy.noteRemoval(at: .current()) }
    }

    /// The length of the journal that `db.json` lacks, or 0 if it lacks no change. Read markers
    /// alone count once they are as long as a small store.
    var journalBytes: Int64 {
        let length = sealedLengths.reduce(journal?.length ?? 0, +)
        return unfoldedChanges > 0 || length >= FoldPolicy.smallBytesMax ? length : 0
    }

    /// Whether `db.json` lacks a change or a marker of the journal.
    var hasUnfolded: Bool { unfoldedChanges > 0 || unfoldedMarkers > 0 }

    /// The offset at which the active segment ends.
    var journalEnd: Int64 { journal?.length ?? preparation?.recovery.lastEnd.length ?? 0 }

    /// Takes over files that have been prepared.
    func take(_ ready: Preparation.Ready, _ lock: any DiskFile) {
        lockFile = lock
        journal = ready.journal
        preparation = nil
        generation = ready.generation
        snapshotBytes = ready.snapshotBytes
    }
}
