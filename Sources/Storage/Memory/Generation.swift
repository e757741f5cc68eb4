internal import Synchronization

/// The files that addresses point into. A reader keeps its generation while it reads. A fold
/// replaces the names, but an open file stays unchanged until its last holder closes it.
struct Generation: Sendable {
    struct Segment: Sendable {
        let number: Int
        let file: any DiskFile
    }

    /// Is nil while a new store waits for space on the disk.
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

/// The files of a generation that a fold replaces. The kernel needs time to close a large file
/// without a name, so the caller of `close` chooses the thread.
final class RetiringFiles: Sendable {
    private let files: Mutex<Generation?>

    init(_ files: Generation) {
        self.files = Mutex(files)
    }

    /// Is nil once the files are closed.
    var generation: Generation? { files.withLock { $0 } }

    func close() { files.withLock { $0 = nil } }
}
