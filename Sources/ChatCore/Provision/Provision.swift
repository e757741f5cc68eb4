import Encoding
import Glibc
import Program

/// What must be there, and whose it must be, before the programs start without any privilege.
enum Provision {
    private static let secretBytes = 32

    /// Makes the folder where it is missing, and gives it and the regular files directly in it to
    /// `owner`. A link is not followed: it could name any file of the machine.
    static func give(_ folder: String, to owner: Owner, mode: mode_t? = nil) throws(StartFailure) {
        guard mkdir(folder, mode ?? 0o755) == 0 || errno == EEXIST else {
            throw .last("make", folder)
        }
        guard let entries = opendir(folder) else { throw .last("open", folder) }
        defer { closedir(entries) }
        let number = dirfd(entries)
        guard fchown(number, owner.user, owner.group) == 0 else { throw .last("own", folder) }
        if let mode, fchmod(number, mode) != 0 { throw .last("close to others", folder) }
        while let entry = readdir(entries) {
            let failed = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    isFile(name, in: number)
                        && fchownat(
                            number, name, owner.user, owner.group, AT_SYMLINK_NOFOLLOW) != 0
                }
            }
            if failed { throw .last("own a file in", folder) }
        }
    }

    /// Makes a secret of random hexadecimal digits where there is none, for `owner` to read.
    static func secret(at path: String, for owner: Owner) throws(StartFailure) {
        let temporary = path + ".new"
        if access(path, F_OK) == 0 { return try own(path, owner) }
        var text = Array(Hex.encode(try HMACSHA256.randomBytes(secretBytes)).utf8)
        text.append(UInt8(ascii: "\n"))
        defer { wipe(&text) }
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o400)
        guard file >= 0 else { throw .last("make", temporary) }
        defer { close(file) }
        guard write(file, text, text.count) == text.count, fsync(file) == 0 else {
            throw .last("write", temporary)
        }
        try own(temporary, owner)
        guard rename(temporary, path) == 0 else { throw .last("make", path) }
    }

    private static func own(_ path: String, _ owner: Owner) throws(StartFailure) {
        guard lchown(path, owner.user, owner.group) == 0 else { throw .last("own", path) }
    }

    private static func isFile(_ name: UnsafePointer<CChar>, in folder: Int32) -> Bool {
        var status = stat()
        return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
            && status.st_mode & S_IFMT == S_IFREG
    }
}
