import Cryptography
import Program

/// The file with the 32 bytes that sign sessions. The first start makes it, for its owner alone.
/// Without it every session would end with the process.
enum SessionKey {
    static let byteCount = 32

    /// - Returns: The key, and whether this start made it.
    static func readOrCreate(
        _ path: String
    ) throws(StartFailure) -> (key: Secret, isNew: Bool) {
        try KeyFile.readOrCreate(
            path, count: byteCount,
            otherwise: "is not a session key of \(byteCount) bytes: delete it, and all sessions end"
        ) { () throws(StartFailure) in
            try RandomBytes.forStart(byteCount)
        }
    }
}
