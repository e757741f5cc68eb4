import EventLoop
import Glibc
import Program

/// Why the audit trail cannot be written.
struct AuditFault: Error, Equatable, CustomStringConvertible {
    let description: String
    /// errno(3); 0 where no call failed.
    var number: Int32 = 0

    static func last(_ verb: String, _ path: String) -> AuditFault {
        let number = errno
        return AuditFault(
            description: "cannot \(verb) \(path): \(String(cString: strerror(number)))",
            number: number)
    }

    /// Whether the disk takes no writes for now, which stops no start.
    var meansFull: Bool { [ENOSPC, EDQUOT, EROFS].contains(number) }
}

/// The audit trail on the disk: a file that lines are appended to, and beside it what that file was
/// before, as `FILE.000001` and on. Only for its owner. Every call blocks.
///
/// The file is opened for each append, so that one that was moved or deleted is made anew.
struct AuditFiles: Sendable {
    static let fileBytesMax = 1 << 20
    /// Beyond it the oldest go, whatever their age.
    static let filesMax = 128
    private static let digitsMin = 6
    private static let digitsMax = 9
    private static let secondsADay: Int64 = 86_400
    /// After so long without a line it is more likely that the clock is wrong.
    private static let pauseMax: Int64 = 365 * secondsADay

    let path: String
    /// How long a file is kept after its last line.
    let days: Int

    /// Appends whole lines. Begins another file first where this one would grow too large, and
    /// returns whether it did. After a fault none of the lines is in a file.
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

    /// Removes the files whose last line is older than `days`, and the oldest of too many. Returns
    /// how many were too many.
    ///
    /// A clock that runs behind makes no file old. What was written years before the line after it
    /// is not removed for its age: a clock that ran ahead for a while would take the whole trail.
    ///
    /// - Parameter now: Seconds since 1970.
    func prune(at now: Int64) throws(AuditFault) -> Int {
        let daysMax = Int64(days) * Self.secondsADay
        var later = now
        var isBelieved = true
        /// Looks at the files from the newest to the oldest.
        func isOld(_ path: String) -> Bool {
            let writtenAt = Self.lastWritten(path) ?? later
            if later - writtenAt > daysMax + Self.pauseMax { isBelieved = false }
            later = min(later, writtenAt)
            return isBelieved && now - writtenAt > daysMax
        }
        _ = isOld(path)
        var (kept, surplus) = (1, 0)
        for number in try earlier().reversed() {
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
        // Without waiting for whoever would read a pipe of that name.
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
                // Half a line would join the next one.
                _ = ftruncate(number, off_t(file.size))
                throw fault
            }
            written += count
        }
    }

    private func rotate(_ file: borrowing OpenFile) throws(AuditFault) {
        // What is set aside shall last; a crash may take the lines of the last moments.
        guard fdatasync(file.descriptor.number) == 0 else { throw .last("write", path) }
        let next = named((try earlier().last ?? 0) + 1)
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

    /// Numbers of the files before, ascending.
    private func earlier() throws(AuditFault) -> [Int] {
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

    /// In seconds since 1970, and no time that could not be reckoned with; nil where there is no
    /// such file.
    private static func lastWritten(_ path: String) -> Int64? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return min(max(Int64(status.st_mtim.tv_sec), 0), 1 << 53)
    }
}
