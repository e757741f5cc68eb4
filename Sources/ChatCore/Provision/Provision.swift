import Cryptography
import Encoding
import Glibc
import Program
import Storage

/// Prepares folders and the shared secret, with their owners, before the programs start without
/// privileges.
enum Provision {
    private static let secretBytes = 32

    /// Makes the store's folder if it is missing, and gives it and the store's files in it to
    /// `owner`, with the photos. Other files keep their owner, and no mode changes.
    static func giveStore(_ folder: String, to owner: FileOwner) throws(StartFailure) {
        try give(folder, to: owner, mode: nil, takingFiles: { StoreFolder.mayOwn($0) })
        let photos = "\(folder)/\(StoreFolder.photosName)"
        var status = stat()
        guard lstat(photos, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
        try give(photos, to: owner, mode: nil, flags: O_NOFOLLOW, takingFiles: { _ in true })
    }

    /// Makes a private folder if it is missing, and gives it and its regular files to `owner`.
    static func givePrivate(_ folder: String, to owner: FileOwner) throws(StartFailure) {
        try give(folder, to: owner, mode: 0o700, takingFiles: { _ in true })
    }

    /// Makes a private folder if it is missing. A folder that is not empty, or has another owner,
    /// stays as it is. Returns whether the owner may write into it.
    static func makeUnusedFolder(_ folder: String, for owner: FileOwner) throws(StartFailure)
        -> Bool
    {
        if mkdir(folder, 0o700) == 0 {
            guard chown(folder, owner.user, owner.group) == 0 else { throw .last("own", folder) }
            return true
        }
        guard errno == EEXIST, let entries = opendir(folder) else { throw .last("make", folder) }
        defer { closedir(entries) }
        var status = stat()
        guard fstat(dirfd(entries), &status) == 0 else { throw .last("look into", folder) }
        if status.st_uid == owner.user { return true }
        // Docker makes a missing mount point: empty, and owned by root.
        let isUnused = status.st_uid == 0 && isEmpty(entries)
        guard isUnused, fchown(dirfd(entries), owner.user, owner.group) == 0,
            fchmod(dirfd(entries), 0o700) == 0
        else { return false }
        return true
    }

    /// Gives the folder and some of its files away. It follows no link, which could name any file.
    private static func give(
        _ folder: String, to owner: FileOwner, mode: mode_t?, flags: Int32 = 0,
        takingFiles takes: (String) -> Bool
    ) throws(StartFailure) {
        guard mkdir(folder, mode ?? 0o755) == 0 || errno == EEXIST else {
            throw .last("make", folder)
        }
        let number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags)
        guard number >= 0 else { throw .last("open", folder) }
        guard let entries = fdopendir(number) else {
            close(number)
            throw .last("open", folder)
        }
        defer { closedir(entries) }
        guard fchown(number, owner.user, owner.group) == 0 else { throw .last("own", folder) }
        if let mode, fchmod(number, mode) != 0 { throw .last("close to others", folder) }
        while let name = next(entries) {
            guard takes(name), isFile(name, in: number) else { continue }
            guard fchownat(number, name, owner.user, owner.group, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw .last("own a file in", folder)
            }
        }
    }

    private static func isEmpty(_ entries: OpaquePointer) -> Bool {
        while let name = next(entries) {
            if name != ".", name != ".." { return false }
        }
        return true
    }

    private static func next(_ entries: OpaquePointer) -> String? {
        guard let entry = readdir(entries) else { return nil }
        return withUnsafePointer(to: &entry.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
    }

    /// Writes a secret of random hexadecimal digits if there is none, for `owner` to read.
    static func makeSecret(at path: String, for owner: FileOwner) throws(StartFailure) {
        let file = PrivateFile(
            path: path, bytesMax: SecretFile.bytesMax, mode: 0o400, owner: owner,
            makesFolder: false
        ) { fault in
            switch fault {
            case .failed(.find, let number), .failed(.lockFolder, let number),
                .failed(.create, let number):
                .last("make", path + PrivateFile.temporarySuffix, number)
            case .failed(.write, let number):
                .last("write", path + PrivateFile.temporarySuffix, number)
            case .failed(.own, let number):
                .last("own", path + PrivateFile.temporarySuffix, number)
            case .failed(.rename, let number): .last("make", path, number)
            case .failed(.read, let number): .last("read", path, number)
            case .folder(let failure): failure
            case .notRegular, .readableByOthers, .tooLong:
                StartFailure("\(path) is not a secret file")
            }
        }
        let isNew = try file.create { () throws(StartFailure) in
            var text = Array(Hex.encode(try RandomBytes.forStart(secretBytes)).utf8)
            text.append(UInt8(ascii: "\n"))
            return text
        }
        if !isNew { try own(path, owner) }
    }

    private static func own(_ path: String, _ owner: FileOwner) throws(StartFailure) {
        guard lchown(path, owner.user, owner.group) == 0 else { throw .last("own", path) }
    }

    private static func isFile(_ name: String, in folder: Int32) -> Bool {
        var status = stat()
        return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
            && status.st_mode & S_IFMT == S_IFREG
    }
}
