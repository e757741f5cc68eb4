import Cryptography
import Encoding
import Program
import Synchronization

/// The key that signs sessions and, after a rotation, the one before it. Sessions that the earlier
/// key has signed go on until they expire.
final class SessionKeys: Sendable {
    private static let earlierSuffix = ".previous"

    private struct Keys {
        var current: Secret
        var earlier: Secret?
    }

    private let path: String
    /// Whether this start made the key.
    let isNew: Bool
    private let keys: Mutex<Keys>
    /// Incremented with every change, so that verified tokens are checked again.
    private let generation = Atomic(0)

    /// Reads the files, and makes the first at the first start.
    init(file path: String) throws(StartFailure) {
        self.path = path
        let (current, isNew) = try SessionKey.readOrCreate(path)
        self.isNew = isNew
        keys = Mutex(Keys(current: current, earlier: try SessionKey.readEarlier(path)))
    }

    /// Keys that no file holds.
    init(_ key: Secret) {
        path = ""
        isNew = false
        keys = Mutex(Keys(current: key))
    }

    var current: Secret { keys.withLock(\.current) }
    var revision: Int { generation.load(ordering: .relaxed) }

    /// Returns the token if one of the keys has signed it.
    func token(verifying text: Span<UInt8>) -> SessionToken? {
        let (current, earlier) = keys.withLock { ($0.current, $0.earlier) }
        if let token = SessionToken(verifying: text, key: current) { return token }
        guard let earlier else { return nil }
        return SessionToken(verifying: text, key: earlier)
    }

    /// Replaces the key. It blocks for a few writes to the disk.
    ///
    /// - Parameter endsSessions: Whether every session ends, because the earlier key is known to
    ///   somebody.
    func rotate(endingSessions endsSessions: Bool) throws(StartFailure) {
        // Another server may have replaced it.
        try reload()
        let earlier = current
        // The earlier key is on the disk before the new one replaces it, so that a power cut
        // between the two ends no session.
        if endsSessions {
            try SessionKey.removeEarlier(path)
        } else {
            try SessionKey.writeEarlier(earlier, path)
        }
        let new = try SessionKey.replace(path)
        keys.withLock { $0 = Keys(current: new, earlier: endsSessions ? nil : earlier) }
        generation.add(1, ordering: .relaxed)
    }

    /// Reads the files again. After a throw the earlier keys stay in use.
    func reload() throws(StartFailure) {
        guard let current = try SessionKey.read(path) else {
            throw StartFailure("\(path) is not there")
        }
        let earlier = try SessionKey.readEarlier(path)
        keys.withLock { $0 = Keys(current: current, earlier: earlier) }
        generation.add(1, ordering: .relaxed)
    }

    fileprivate static func earlierPath(_ path: String) -> String { path + earlierSuffix }
}

extension SessionKey {
    private static let problem =
        "is not a session key of \(byteCount) bytes: delete it, and sessions that it signed end"

    fileprivate static func read(_ path: String) throws(StartFailure) -> Secret? {
        try KeyFile.read(path, count: byteCount, otherwise: problem)
    }

    fileprivate static func readEarlier(_ path: String) throws(StartFailure) -> Secret? {
        try KeyFile.read(SessionKeys.earlierPath(path), count: byteCount, otherwise: problem)
    }

    fileprivate static func removeEarlier(_ path: String) throws(StartFailure) {
        try KeyFile.remove(SessionKeys.earlierPath(path))
    }

    fileprivate static func writeEarlier(
        _ key: Secret, _ path: String
    ) throws(StartFailure) {
        try KeyFile.replace(SessionKeys.earlierPath(path)) {
            key.withBytes { bytes in bytes.withUnsafeBufferPointer { Array($0) } }
        }
    }

    fileprivate static func replace(_ path: String) throws(StartFailure) -> Secret {
        try KeyFile.replace(path) { () throws(StartFailure) in
            try RandomBytes.forStart(byteCount)
        }
        return try readOrCreate(path).key
    }
}
