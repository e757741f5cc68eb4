internal import EventLoop
internal import Glibc

/// Calls that continue short reads and writes until all is done.
extension DiskFile {
    /// Appends up to `count` bytes from `offset`. It appends fewer only at the end of the file.
    func read(
        _ count: Int, at offset: Int64, appendingTo bytes: inout [UInt8]
    ) throws(SystemCallError) {
        var fault: SystemCallError?
        let piece = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(SystemCallError) {
                while filled < count {
                    let rest = UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count])
                    let place = offset + Int64(filled)
                    let more = try read(into: rest, at: place)
                    if more == 0 { break }
                    filled += more
                }
            } catch { fault = error }
        }
        if let fault { throw fault }
        if bytes.isEmpty { bytes = piece } else { bytes += piece }
    }

    /// Returns the requested bytes, or nil if any of them needs a wait for a disk.
    func readCached(_ count: Int, at offset: Int64) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = readCached(into: .init(buffer), at: offset) ?? 0
        }
        return bytes.count == count ? bytes : nil
    }

    func writeAll(_ bytes: [UInt8], at offset: Int64) throws(SystemCallError) {
        var written = 0
        while written < bytes.count {
            written += try bytes.span.withUnsafeBytes { bytes throws(SystemCallError) -> Int in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                return try write(rest, at: offset + Int64(written))
            }
        }
    }
}

extension Disk {
    /// Opens a file. Returns nil if the file or its folder does not exist.
    func openIfThere(_ path: String, _ mode: OpenMode) throws(SystemCallError) -> (any DiskFile)? {
        do { return try open(path, mode) } catch {
            guard error.number == ENOENT else { throw error }
            return nil
        }
    }

    func syncFolder(_ path: String) throws(SystemCallError) {
        try openFolder(path).sync()
    }

    func unlinkIfThere(_ path: String) throws(SystemCallError) {
        do { try unlink(path) } catch {
            guard error.number == ENOENT else { throw error }
        }
    }
}

extension SystemCallError {
    /// Whether the disk is full or takes no writes. Such a disk has not failed, and the state may
    /// pass.
    var meansFull: Bool {
        switch number {
        case ENOSPC, EDQUOT, EROFS: true
        default: false
        }
    }

    /// Whether descriptors or memory were short, or a signal interrupted the call. The disk may be
    /// sound. It is false for a sync, because after a failed sync the content of the disk is
    /// unknown.
    var meansShortage: Bool {
        switch number {
        case EMFILE, ENFILE, ENOMEM, ENOBUFS, EINTR: call != "fsync" && call != "fdatasync"
        default: false
        }
    }
}
