import Cryptography
import Glibc
import Program

/// The file that holds the 32 bytes sessions are signed with; made on first start, for its owner
/// alone. Without it every session would end with the process.
enum SessionKey {
    static let size = 32

    /// - Returns: The key, and whether it was made now.
    static func readOrCreate(
        _ path: String
    ) throws(StartFailure) -> (key: Secret, isNew: Bool) {
        let isNew = access(path, F_OK) != 0
        if isNew {
            guard errno == ENOENT else { throw .last("look for", path) }
            try create(path)
        }
        var info = stat()
        guard stat(path, &info) == 0 else { throw .last("read", path) }
        guard info.st_mode & 0o077 == 0 else {
            throw StartFailure("others may read \(path): run chmod 600 on it")
        }
        var bytes = try SecretFile.contents(of: path)
        guard bytes.count == size else {
            wipe(&bytes)
            throw StartFailure(
                "\(path) is not a session key of \(size) bytes: delete it, and all sessions end")
        }
        return (Secret(taking: &bytes), isNew)
    }

    /// Under another name first, so that a half-written key can never be met.
    private static func create(_ path: String) throws(StartFailure) {
        let folder = PrivateFolder.holding(path)
        try PrivateFolder.make(folder)
        var bytes = try RandomBytes.forStart(size)
        defer { wipe(&bytes) }
        let temporary = path + ".tmp"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .last("create", temporary) }
        defer { close(file) }
        guard write(file, bytes, size) == size, fsync(file) == 0 else {
            throw .last("write", temporary)
        }
        // A link, not a rename: should two starts race, the first one's key stays.
        guard link(temporary, path) == 0 || errno == EEXIST else { throw .last("create", path) }
        unlink(temporary)
        try PrivateFolder.sync(folder)
    }
}
