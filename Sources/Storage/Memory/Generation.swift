internal import Synchronization

/// The files that addresses point into. A reader keeps the one it began with: a fold replaces the
/// names, but what a holder has open stays as it was until the last one lets go.
struct Generation: Sendable {
    struct Segment: Sendable {
        let number: Int
        let file: any DiskFile
    }

    /// Nil while a new store waits for room on the disk.
    var snapshot: (any DiskFile)?
    var segments: [Segment]

    func file(of address: Address) -> any DiskFile {
        let file =
            address.isInJournal
            ? segments.first { address.isIn(segment: $0.number) }?.file : snapshot
        guard let file else { preconditionFailure("an address outside its generation") }
        return file
    }

    func name(of address: Address) -> String {
        let segment = segments.first { address.isIn(segment: $0.number) }
        return segment.map { Folder.segmentName($0.number) } ?? "db.json"
    }
}

/// The files of a generation that a fold replaces. Closing a large file that has no name any more
/// takes the kernel a while: whoever lets go of them chooses the thread.
final class RetiringFiles: Sendable {
    private let files: Mutex<Generation?>

    init(_ files: Generation) {
        self.files = Mutex(files)
    }

    /// Nil once they have been let go of.
    var generation: Generation? { files.withLock { $0 } }

    func letGo() { files.withLock { $0 = nil } }
}
