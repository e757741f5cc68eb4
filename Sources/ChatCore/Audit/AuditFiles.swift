import EventLoop
import Glibc
import Program

/// A failure to write the audit trail.
struct AuditFault: Error, Equatable, CustomStringConvertible {
    let description: String
    /// The errno(3) of the failed call; 0 if no call failed.
    var number: Int32 = 0

    static func last(_ verb: String, _ path: String) -> AuditFault {
        let number = errno
        return AuditFault(
            description: "cannot \(verb) \(path): \(String(cString: strerror(number)))",
            number: number)
    }

    /// Whether the disk is full or read-only. Such a disk does not prevent a start.
    var meansFull: Bool { [ENOSPC, EDQUOT, EROFS].contains(number) }
}

/// The files of the audit trail. Lines are appended to `FILE`; full files are kept as
/// `FILE.000001` and on. Only the owner can read them. Every call blocks.
///
/// Each append opens the file, so a file that was moved or deleted is created again.
struct AuditFiles: Sendable {
    static let fileBytesMax = 1 << 20
    /// If there are more files, the oldest are removed at any age.
    static let filesMax = 128
    private static let digitsMin = 6
    private static let digitsMax = 9
    private static let secondsADay: Int64 = 86_400
    /// A longer gap between two lines means that the clock was wrong.
    private static let pauseMax: Int64 = 365 * secondsADay

    let path: String
    /// The number of days that a file is kept after its last line.
    let days: Int

    /// Appends whole lines. Starts a new file first if this one would become too large, and returns
    /// whether it did. After a fault no file holds any of the lines.
    func append(_ lines: [UInt8]) throws(AuditFault) -> Bool {
        let file = try open()
        guard file.size > 0, file.size + Int64(lines.count) > Int64(Self.fileBytesMax) else {
            try write(lines, to: file)
            return false
        }
        try rotate(file)
        try write(lines, to: try open())
        return true
    }

    /// Removes files whose last line is older than `days`, and the oldest files beyond `filesMax`.
    /// Returns the number of the latter.
    ///
    /// A clock that is behind makes no file old. A gap of years between two files means that the
    /// clock was ahead. Then age removes no file, since the whole trail would be lost.
    ///
    /// - Parameter now: Seconds since 1970.
    func prune(at now: Int64) throws(AuditFault) -> Int {
        let daysMax = Int64(days) * Self.secondsADay
        var later = now
        var isClockTrusted = true
        /// Returns whether the file is too old. Call it from the newest file to the oldest.
        func isOld(_ path: String) -> Bool {
            let writtenAt = Self.lastWritten(path) ?? later
            if later - writtenAt > daysMax + Self.pauseMax { isClockTrusted = false }
            later = min(later, writtenAt)
            return isClockTrusted && now - writtenAt > daysMax
        }
        _ = isOld(path)
        var (kept, surplus) = (1, 0)
        for number in try fullFileNumbers().reversed() {
            if isOld(named(number)) {
                try remove(number)
            } else if kept >= Self.filesMax {
                try remove(number)
                surplus += 1
            } else {
                kept += 1
            }
        }
        return surplus
    }

    private struct OpenFile: ~Copyable {
        let descriptor: FileDescriptor
        let size: Int64
    }

    private func open() throws(AuditFault) -> OpenFile {
        // O_NONBLOCK: a pipe of that name must not block the call until it has a reader.
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let number = Glibc.open(path, flags, 0o600)
        guard number >= 0 else {
            if errno == ELOOP {
                throw AuditFault(
                    description: "\(path) is a link: name the file itself", number: ELOOP)
            }
            throw .last("write", path)
        }
        let descriptor = FileDescriptor(owning: number)
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .last("look at", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw AuditFault(description: "\(path) is no regular file", number: EINVAL)
        }
        if status.st_mode & 0o077 != 0, fchmod(number, 0o600) != 0 {
            throw .last("close to others", path)
        }
        return OpenFile(descriptor: descriptor, size: Int64(status.st_size))
    }

    private func write(
        _ lines: [UInt8], to file: borrowing OpenFile
    ) throws(AuditFault) {
        let number = file.descriptor.number
        var written = 0
        while written < lines.count {
            let count = lines.withUnsafeBytes { bytes in
                Glibc.write(
                    number, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let fault = AuditFault.last("write", path)
                // A partial line would merge with the next one.
                _ = ftruncate(number, off_t(file.size))
                throw fault
            }
            written += count
        }
    }

    private func rotate(_ file: borrowing OpenFile) throws(AuditFault) {
        // Full files must survive a crash. The last lines of the current file may be lost.
        guard fdatasync(file.descriptor.number) == 0 else { throw .last("write", path) }
        let next = named((try fullFileNumbers().last ?? 0) + 1)
        guard access(next, F_OK) != 0 else {
            throw AuditFault(description: "\(next) is in the way: move it away", number: EEXIST)
        }
        guard rename(path, next) == 0 else { throw .last("rename", path) }
    }

    private func remove(_ number: Int) throws(AuditFault) {
        guard unlink(named(number)) == 0 || errno == ENOENT else {
            throw .last("remove", named(number))
        }
    }

    /// Returns the numbers of the full files in ascending order.
    private func fullFileNumbers() throws(AuditFault) -> [Int] {
        let folder = PrivateFolder.holding(path)
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
        let prefix = Array(name) + [UInt8(ascii: ".")]
        guard let stream = opendir(folder) else { throw .last("look into", folder) }
        defer { closedir(stream) }
        var numbers: [Int] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            let digits = name.dropFirst(prefix.count)
            guard name.starts(with: prefix),
                (Self.digitsMin...Self.digitsMax).contains(digits.count),
                digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { continue }
            numbers.append(digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
        }
        return numbers.sorted()
    }

    private func named(_ number: Int) -> String {
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, Self.digitsMin - digits.count))
        return "\(path).\(zeros)\(digits)"
    }

    /// Returns the time of the last write in seconds since 1970; nil if there is no such file. The
    /// value is clamped, so that arithmetic on it cannot overflow.
    private static func lastWritten(_ path: String) -> Int64? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return min(max(Int64(status.st_mtim.tv_sec), 0), 1 << 53)
    }
}
