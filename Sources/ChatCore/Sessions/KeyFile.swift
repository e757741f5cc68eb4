import Cryptography
import Glibc
import Program

/// A file with the bytes of one key. The first start makes it, for its owner alone.
enum KeyFile {
    /// Returns the key, and whether this start made it.
    ///
    /// - Parameters:
    ///   - count: The length of the key in bytes.
    ///   - problem: Says what is wrong with a file of another length, and the remedy.
    ///   - make: Makes the bytes of a new key.
    static func readOrCreate(
        _ path: String, count: Int, otherwise problem: String,
        make: () throws(StartFailure) -> [UInt8]
    ) throws(StartFailure) -> (key: Secret, isNew: Bool) {
        let isNew = try file(path).create(make)
        guard let key = try read(path, count: count, otherwise: problem) else {
            throw StartFailure("\(path) was deleted while it was read")
        }
        return (key, isNew)
    }

    /// Returns the key, or nil where there is no file.
    static func read(
        _ path: String, count: Int, otherwise problem: String
    ) throws(StartFailure) -> Secret? {
        try file(path).read { bytes throws(StartFailure) in
            guard bytes.count == count else { throw StartFailure("\(path) \(problem)") }
            var key = bytes.withUnsafeBufferPointer { Array($0) }
            return Secret(taking: &key)
        }
    }

    /// Replaces the file, or makes it.
    static func replace(
        _ path: String, _ make: () throws(StartFailure) -> [UInt8]
    ) throws(StartFailure) {
        try file(path).change(decode: { _ throws(StartFailure) in }) {
            _ throws(StartFailure) in try make()
        }
    }

    static func remove(_ path: String) throws(StartFailure) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
        try PrivateFolder.sync(PrivateFolder.holding(path))
    }

    private static func file(_ path: String) -> PrivateFile {
        PrivateFile(path: path, bytesMax: SecretFile.bytesMax) { fault in failure(fault, path) }
    }

    private static func failure(_ fault: PrivateFile.Fault, _ path: String) -> StartFailure {
        let temporary = path + PrivateFile.temporarySuffix
        return switch fault {
        case .failed(.find, let number): .last("look for", path, number)
        case .failed(.read, let number): .last("read secret file", path, number)
        case .failed(.lockFolder, let number): .last("lock the folder of", path, number)
        case .failed(.create, let number): .last("create", temporary, number)
        case .failed(.write, let number), .failed(.own, let number):
            .last("write", temporary, number)
        case .failed(.rename, let number): .last("create", path, number)
        case .folder(let failure): failure
        case .notRegular: StartFailure("\(path) is not a regular file")
        case .readableByOthers: StartFailure("others may read \(path): run chmod 600 on it")
        case .tooLong:
            StartFailure("secret file \(path) is longer than \(SecretFile.bytesMax) bytes")
        }
    }
}
