import Cryptography
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
        let file = PrivateFile(path: path, bytesMax: SecretFile.bytesMax) { fault in
            failure(fault, path)
        }
        let isNew = try file.create(make)
        let key = try file.read { bytes throws(StartFailure) in
            guard bytes.count == count else { throw StartFailure("\(path) \(problem)") }
            var key = bytes.withUnsafeBufferPointer { Array($0) }
            return Secret(taking: &key)
        }
        guard let key else { throw StartFailure("\(path) was deleted while it was read") }
        return (key, isNew)
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
