import Cryptography
import EventLoop
import Glibc

/// A small file for its owner alone, such as keys: mode 0600, refused when others may read it,
/// and never half written.
///
/// A change is written beside the file, synced, renamed over it, and the folder is synced. Changes
/// run under a lock (flock(2)) on the folder, so two programs wait for each other; readers need
/// none.
package struct PrivateFile: Sendable {
    /// Why the file cannot be used. Its user puts this into a sentence.
    package enum Fault {
        /// The step failed with this errno.
        case failed(Step, Int32)
        /// The folder could not be made.
        case folder(StartFailure)
        case notRegular
        case readableByOthers
        case tooLong
    }

    /// The step that failed: first those at the file itself, then those at the temporary file.
    package enum Step {
        case find, read, lockFolder
        case create, write, own
        /// The rename that puts the new contents in place.
        case rename
    }

    package let path: String
    private let bytesMax: Int
    private let mode: UInt32
    private let owner: FileOwner?
    private let makesFolder: Bool
    private let explain: @Sendable (Fault) -> StartFailure

    /// - Parameters:
    ///   - bytesMax: A longer file is refused.
    ///   - mode: The permissions of the file when it is written.
    ///   - owner: The owner of the file when it is written. By default that of the file before.
    ///   - makesFolder: Whether a change makes the folders above the file that are missing.
    ///   - explain: Gives the sentence for a fault.
    package init(
        path: String, bytesMax: Int, mode: UInt32 = 0o600, owner: FileOwner? = nil,
        makesFolder: Bool = true, explain: @escaping @Sendable (Fault) -> StartFailure
    ) {
        self.path = path
        self.bytesMax = bytesMax
        self.mode = mode
        self.owner = owner
        self.makesFolder = makesFolder
        self.explain = explain
    }

    /// The file that holds new contents until they are whole. A program that was killed leaves it
    /// behind; the next change removes it.
    private var temporaryPath: String { path + Self.temporarySuffix }
    package static let temporarySuffix = ".new"
    private var folder: String { PrivateFolder.holding(path) }

    /// Returns what `decode` makes of the file's bytes, or nil where there is no file.
    ///
    /// The bytes are wiped afterwards. They are lent, because wiping needs the only reference.
    package func read<Value>(
        _ decode: (Span<UInt8>) throws(StartFailure) -> Value
    ) throws(StartFailure) -> Value? {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if number < 0 && errno == ENOENT { return nil }
        guard number >= 0 else { throw failure(.read) }
        let file = FileDescriptor(owning: number)
        var bytes = [UInt8](repeating: 0, count: try checkedSize(file))
        defer { wipe(&bytes) }
        guard let count = BlockingIO.read(file.number, into: &bytes) else { throw failure(.read) }
        bytes.removeLast(bytes.count - count)
        return try decode(bytes.span)
    }

    /// Writes the bytes that `make` returns where there is no file, and wipes them. A file that is
    /// there stays as it is. Returns whether the file is new.
    package func create(
        _ make: () throws(StartFailure) -> [UInt8]
    ) throws(StartFailure) -> Bool {
        if try exists() { return false }
        var isNew = false
        try locked { () throws(StartFailure) in
            if try exists() { return }
            var bytes = try make()
            defer { wipe(&bytes) }
            try write(bytes)
            isNew = true
        }
        return isNew
    }

    /// Replaces the contents by what `change` makes of the value that `decode` returns, and wipes
    /// both. `change` gets nil where there is no file.
    package func change<Value>(
        decode: (Span<UInt8>) throws(StartFailure) -> Value,
        _ change: (Value?) throws(StartFailure) -> [UInt8]
    ) throws(StartFailure) {
        try locked { () throws(StartFailure) in
            try changeLocked(decode: decode, change)
        }
    }

    /// Does what `change` does, for a caller inside `locked` of this file or of one beside it.
    package func changeLocked<Value>(
        decode: (Span<UInt8>) throws(StartFailure) -> Value,
        _ change: (Value?) throws(StartFailure) -> [UInt8]
    ) throws(StartFailure) {
        var bytes = try change(try read(decode))
        defer { wipe(&bytes) }
        try write(bytes)
    }

    /// Runs `body` while no other program changes a file of this folder.
    package func locked(_ body: () throws(StartFailure) -> Void) throws(StartFailure) {
        if makesFolder {
            do { try PrivateFolder.make(folder) } catch { throw explain(.folder(error)) }
        }
        let number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw failure(.lockFolder) }
        // Closing the descriptor releases the lock.
        let lock = FileDescriptor(owning: number)
        guard BlockingIO.uninterrupted({ flock(lock.number, LOCK_EX) }) == 0 else {
            throw failure(.lockFolder)
        }
        try body()
    }

    private func exists() throws(StartFailure) -> Bool {
        if access(path, F_OK) == 0 { return true }
        guard errno == ENOENT else { throw failure(.find) }
        return false
    }

    private func checkedSize(_ file: borrowing FileDescriptor) throws(StartFailure) -> Int {
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw failure(.read) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw explain(.notRegular) }
        guard status.st_mode & 0o077 == 0 else { throw explain(.readableByOthers) }
        guard status.st_size <= bytesMax else { throw explain(.tooLong) }
        return Int(status.st_size)
    }

    private func write(_ bytes: [UInt8]) throws(StartFailure) {
        unlink(temporaryPath)
        let number = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard number >= 0 else { throw failure(.create) }
        let file = FileDescriptor(owning: number)
        if let step = failedStep(writing: bytes, to: file) {
            let failure = failure(step)
            unlink(temporaryPath)
            throw failure
        }
        try PrivateFolder.sync(folder)
    }

    /// Returns the step that failed, if any; errno tells why.
    private func failedStep(writing bytes: [UInt8], to file: borrowing FileDescriptor) -> Step? {
        guard BlockingIO.write(bytes, to: file.number) else { return .write }
        guard setOwner(of: file) else { return .own }
        guard BlockingIO.uninterrupted({ fsync(file.number) }) == 0 else { return .write }
        return rename(temporaryPath, path) == 0 ? nil : .rename
    }

    /// Keeps the owner of the file before, so that a server still reads what root has changed.
    private func setOwner(of file: borrowing FileDescriptor) -> Bool {
        if let owner { return fchown(file.number, owner.user, owner.group) == 0 }
        var status = stat()
        guard stat(path, &status) == 0, status.st_uid != geteuid() else { return true }
        return fchown(file.number, status.st_uid, status.st_gid) == 0
    }

    private func failure(_ step: Step) -> StartFailure { explain(.failed(step, errno)) }
}
