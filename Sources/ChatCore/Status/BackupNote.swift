import Glibc
import Program

/// The time of the last backup, in a file of the data folder, so that it outlives a restart. The
/// file's content is for people; its time of change counts.
struct BackupNote: Sendable {
    private static let name = "last-backup"

    private let path: String

    init(data: String) {
        path = "\(data)/\(Self.name)"
    }

    /// Notes a backup that was made now. A failure costs only the note. Call it off the loop.
    func write(_ destination: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        let line = "\(WallClock.text(seconds: WallClock.seconds)) \(destination)\n"
        _ = Glibc.write(file, line, line.utf8.count)
    }

    /// Seconds since 1970; nil if there was none. Read it off the loop.
    var time: Int64? {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_mtim.tv_sec) : nil
    }
}
