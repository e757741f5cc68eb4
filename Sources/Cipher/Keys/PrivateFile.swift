import Cryptography
import Glibc
import Program

/// A file for its owner alone that is replaced as a whole: written beside, synced, and renamed.
/// Changes are made under a lock on the folder; readers need none.
struct PrivateFile {
    let path: String
    /// What it holds, for people: "key ring".
    let noun: String
    let bytesMax: Int

    private var folder: String { PrivateFolder.holding(path) }

    /// What `body` makes of the file's bytes, nil where there is none. The bytes are wiped: only
    /// lent, since a second reference would have the wiping work on a copy.
    func read<Value>(
        _ body: (Span<UInt8>) throws(StartFailure) -> Value
    ) throws(StartFailure) -> Value? {
        let file = Descriptor(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
        if !file.isOpen && errno == ENOENT { return nil }
        guard file.isOpen else { throw failure("read") }
        let size = try checkedSize(file)
        var bytes = [UInt8](repeating: 0, count: size)
        defer { wipe(&bytes) }
        guard fill(&bytes, from: file) else { throw failure("read") }
        return try body(bytes.span)
    }

    /// Replaces what the file holds by what `change` makes of what `read` does, durably, and wipes
    /// both. Two programs that do so at once wait for each other.
    func change<Value>(
        reading body: (Span<UInt8>) throws(StartFailure) -> Value,
        _ change: (Value?) throws(StartFailure) -> [UInt8]
    ) throws(StartFailure) {
        try locked { () throws(StartFailure) in try replace(reading: body, change) }
    }

    /// As `change`, inside `locked` of this file or of one beside it.
    func replace<Value>(
        reading body: (Span<UInt8>) throws(StartFailure) -> Value,
        _ change: (Value?) throws(StartFailure) -> [UInt8]
    ) throws(StartFailure) {
        var bytes = try change(try read(body))
        defer { wipe(&bytes) }
        try write(bytes)
    }

    /// Runs `body` while no other program changes a file of this folder; makes the folder.
    func locked(_ body: () throws(StartFailure) -> Void) throws(StartFailure) {
        try StartFailure.naming(Defaults.keyFile.option("--key-file")) {
            () throws(StartFailure) in try PrivateFolder.make(folder)
        }
        let lock = Descriptor(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard lock.isOpen, retried({ flock(lock.number, LOCK_EX) }) == 0 else {
            throw failure("lock the folder of")
        }
        try body()
    }

    private func checkedSize(_ file: borrowing Descriptor) throws(StartFailure) -> Int {
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw failure("read") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StartFailure("\(noun) \(path) is not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw StartFailure(
                "\(noun) \(path) can be read by others: run chmod 600 on it, and think of "
                    + "what it holds as known to whoever could read it")
        }
        guard status.st_size <= bytesMax else {
            throw StartFailure("\(noun) \(path) is damaged: it is too long")
        }
        return Int(status.st_size)
    }

    private func fill(_ bytes: inout [UInt8], from file: borrowing Descriptor) -> Bool {
        bytes.withUnsafeMutableBytes { raw in
            var count = 0
            while count < raw.count {
                let got = retried {
                    Glibc.read(file.number, raw.baseAddress?.advanced(by: count), raw.count - count)
                }
                if got < 0 { return false }
                // Shorter than it said: decoding tells what is missing.
                if got == 0 { break }
                count += got
            }
            return true
        }
    }

    // MARK: Writing

    private func write(_ bytes: [UInt8]) throws(StartFailure) {
        let temporary = path + ".new"
        // Left by a program that was killed; nothing was ever sealed with what only it holds.
        unlink(temporary)
        let file = Descriptor(open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
        guard file.isOpen else { throw failure("write") }
        guard put(bytes, into: file), keepOwner(file), retried({ fsync(file.number) }) == 0,
            rename(temporary, path) == 0
        else {
            let failure = failure("write")
            unlink(temporary)
            throw failure
        }
        try PrivateFolder.sync(folder)
    }

    /// The program that serves must still read a ring that an administrator changed.
    private func keepOwner(_ file: borrowing Descriptor) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_uid != geteuid() else { return true }
        return fchown(file.number, status.st_uid, status.st_gid) == 0
    }

    private func put(_ bytes: [UInt8], into file: borrowing Descriptor) -> Bool {
        bytes.withUnsafeBytes { raw in
            var count = 0
            while count < raw.count {
                let put = retried {
                    Glibc.write(
                        file.number, raw.baseAddress?.advanced(by: count), raw.count - count)
                }
                if put < 0 { return false }
                count += put
            }
            return true
        }
    }

    private func failure(_ verb: String) -> StartFailure {
        let failure = StartFailure.last("\(verb) \(noun)", path)
        return StartFailure("\(failure); see \(Defaults.keyFile.option("--key-file"))")
    }
}

/// A descriptor that closes itself; negative where opening failed.
private struct Descriptor: ~Copyable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    var isOpen: Bool { number >= 0 }

    deinit {
        // A failed open's errno is still to be read.
        if number >= 0 { close(number) }
    }
}

/// `call`'s result, asked again for as long as a signal interrupts it.
private func retried<Number: SignedInteger>(_ call: () -> Number) -> Number {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
