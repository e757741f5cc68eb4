package import Cryptography
import EventLoop
import Glibc
package import Logging
import Synchronization

/// The secret that two programs share, from a file that can be read again while they run.
///
/// The file holds one secret a line, at most two, and blanks around them are trimmed. The first is
/// presented, both are accepted. So a secret is replaced without a moment of disagreement.
package final class SharedSecret: Sendable {
    package static let linesMax = 2
    /// The number of hexadecimal digits of 16 random bytes.
    package static let bytesMin = 32

    /// Tells whether a file was written since it was read.
    private struct Stamp: Equatable {
        let inode: UInt64
        let bytes: Int
        let changedAt: Int64

        init?(of path: String?) {
            var status = stat()
            // A pipe cannot be read again.
            guard let path, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG
            else { return nil }
            inode = UInt64(status.st_ino)
            bytes = Int(status.st_size)
            changedAt = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        }
    }

    private struct State {
        var secrets: [Secret]
        var stamp: Stamp?
        var lookedAt = MonotonicTime.current()
    }

    private static let lookInterval = Duration.seconds(1)

    private let path: String?
    private let state: Mutex<State>

    /// Reads the file.
    package init(file path: String) throws(StartFailure) {
        self.path = path
        let stamp = Stamp(of: path)
        state = Mutex(State(secrets: try Self.read(path), stamp: stamp))
    }

    /// A secret that no file holds.
    package init(_ secret: Secret) {
        path = nil
        state = Mutex(State(secrets: [secret]))
    }

    /// The secret that this program presents: the first of the file.
    package var presented: Secret {
        state.withLock { state in
            guard let first = state.secrets.first else { preconditionFailure("there is a secret") }
            return first
        }
    }

    /// One or two, the presented one first.
    package var all: [Secret] { state.withLock(\.secrets) }

    /// Returns whether this is one of the secrets. It compares all of them, in constant time.
    package func accepts(_ presented: Span<UInt8>) -> Bool {
        var isAccepted = false
        for secret in all where secret.equals(presented) { isAccepted = true }
        return isAccepted
    }

    /// Reads the file again. After a throw the earlier secrets stay in use.
    package func reload() throws(StartFailure) {
        guard let path else { return }
        // The stamp comes first, so that a change after it is noticed later.
        let stamp = Stamp(of: path)
        state.withLock { $0.stamp = stamp }
        let read = try Self.read(path)
        state.withLock { $0.secrets = read }
    }

    /// Reads the file again if it was written since, and logs the outcome. It looks once a second
    /// at most, and at each file once, so every request may call it.
    package func reloadIfChanged(logger: Logger) {
        let now = MonotonicTime.current()
        let known = state.withLock { state -> Stamp?? in
            guard now - state.lookedAt >= Self.lookInterval else { return nil }
            state.lookedAt = now
            return .some(state.stamp)
        }
        guard let known, Stamp(of: path) != known, path != nil else { return }
        reload(logger: logger)
    }

    /// Writes a file of these secrets in place of the one before. The first is presented.
    package static func write(_ secrets: [Secret], to path: String) throws(StartFailure) {
        let file = PrivateFile(
            path: path, bytesMax: SecretFile.bytesMax, mode: 0o400, makesFolder: false
        ) { fault in
            switch fault {
            case .failed(_, let number): .last("write", path, number)
            case .folder(let failure): failure
            case .notRegular, .readableByOthers, .tooLong:
                StartFailure("\(path) is not a secret file for its owner alone")
            }
        }
        try file.change(decode: { _ throws(StartFailure) in }) { _ throws(StartFailure) in
            var text: [UInt8] = []
            for secret in secrets {
                secret.withBytes { bytes in
                    for index in bytes.indices { text.append(bytes[index]) }
                }
                text.append(UInt8(ascii: "\n"))
            }
            return text
        }
    }

    /// Reads the file again on SIGHUP, and logs the outcome.
    package func reload(logger: Logger) {
        do throws(StartFailure) {
            try reload()
            logger.info("read the shared secret again")
        } catch {
            logger.error("kept the shared secret as it was: \(error)")
        }
        warnIfOthersCanRead(logger: logger)
    }

    /// Logs a warning if others than its owner can read the file.
    package func warnIfOthersCanRead(logger: Logger) {
        guard let path else { return }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return }
        let mode = String(status.st_mode & 0o777, radix: 8)
        logger.warning(
            """
            secret file \(path) may be opened by others (mode \(mode)): run chmod 600 on it, and \
            put another secret into it if somebody did
            """)
    }

    private static func read(_ path: String) throws(StartFailure) -> [Secret] {
        var bytes = try SecretFile.contents(of: path)
        defer { wipe(&bytes) }
        var secrets: [Secret] = []
        for line in bytes.indices.split(whereSeparator: { bytes[$0] == UInt8(ascii: "\n") }) {
            var range = line[...]
            while let first = range.first, isBlank(bytes[first]) { range.removeFirst() }
            while let last = range.last, isBlank(bytes[last]) { range.removeLast() }
            if range.isEmpty { continue }
            guard range.allSatisfy({ (0x21...0x7E).contains(bytes[$0]) }) else {
                throw StartFailure(
                    "secret file \(path): a line holds a blank, or what is no printable ASCII; "
                        + form)
            }
            guard range.count >= bytesMin else {
                throw StartFailure(
                    "secret file \(path): a line has \(range.count) bytes; \(form)")
            }
            var secret = [UInt8](repeating: 0, count: range.count)
            for (place, index) in range.enumerated() { secret[place] = bytes[index] }
            secrets.append(Secret(taking: &secret))
        }
        guard (1...linesMax).contains(secrets.count) else {
            throw StartFailure(
                "secret file \(path) holds \(secrets.isEmpty ? "no" : "more than two") secrets; "
                    + form)
        }
        return secrets
    }

    private static let form =
        "it holds one secret a line, at most two, each of at least \(bytesMin) bytes, such as "
        + "openssl rand -hex 32 prints"

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}

/// A file that holds a secret. It may be a pipe, and others than its owner may read it.
package enum SecretFile {
    /// A longer file is taken for a mistake.
    package static let bytesMax = 4096

    /// Returns the file's bytes, at most `bytesMax`. The caller wipes them.
    package static func contents(of path: String) throws(StartFailure) -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .last("read secret file", path) }
        let file = FileDescriptor(owning: number)
        guard var bytes = BlockingIO.read(file.number, atMost: bytesMax + 1) else {
            throw .last("read secret file", path)
        }
        guard bytes.count <= bytesMax else {
            wipe(&bytes)
            throw StartFailure("secret file \(path) is longer than \(bytesMax) bytes")
        }
        return bytes
    }
}
