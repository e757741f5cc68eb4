import CLinux
import EventLoop
import Glibc
import Program

/// The place of one process among the Ciphers that serve a key ring, each with a number.
///
/// The number is a locked byte of `<ring>.lock` for as long as the process lives, also over a
/// volume that containers share. So two live processes never have the same number. The number of a
/// process that died, with the counts under it, goes to the next one that starts.
///
/// The first one alone changes the ring. Its files have the names that a Cipher alone uses.
final class RingSlot: Sendable {
    static let countMax = 16

    let number: Int
    /// Nil where no process can write in the ring's folder. Closing it releases the number.
    private let lock: FileDescriptor?
    private let descriptor: Int32
    /// Why there is no lock.
    let failure: StartFailure?

    /// Takes the lowest number that no process has.
    ///
    /// If the folder cannot be written, the number is 1 without a lock. The counts of that number
    /// are then shared, which is safe: each part of a key's seals is reserved in the file.
    init(of ring: KeyRingFile) throws(StartFailure) {
        let path = Self.path(of: ring)
        try PrivateFolder.make(PrivateFolder.holding(path))
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            (number, failure) = (1, .last("open the lock of the key ring", path))
            lock = nil
            return
        }
        let file = FileDescriptor(owning: descriptor)
        let taken = Self.takeNumber(of: file.number)
        switch taken {
        case let taken? where taken > Self.countMax:
            throw StartFailure("\(Self.countMax) Ciphers serve key ring \(ring.path) already")
        case let taken?:
            (number, failure) = (taken, nil)
            lock = consume file
        case nil:
            (number, failure) = (1, .last("lock", path))
            lock = nil
        }
    }

    static func path(of ring: KeyRingFile) -> String { ring.path + ".lock" }

    /// Returns a number that is the caller's now, more than `countMax` if all are taken, and nil
    /// if the file cannot be locked.
    private static func takeNumber(of file: Int32) -> Int? {
        for number in 1...countMax {
            if clinux_lock_byte(file, off_t(number - 1)) == 0 { return number }
            if errno != EAGAIN { return nil }
        }
        return countMax + 1
    }

    /// Whether this process is the one that may change the ring.
    var isFirst: Bool { number == 1 }

    /// Whether another process serves the ring now.
    var hasOthers: Bool {
        failure == nil && clinux_is_locked_elsewhere(descriptor, off_t(Self.countMax)) == 1
    }

    static func socket(of ring: KeyRingFile, number: Int) -> ControlSocket {
        ControlSocket(folder: PrivateFolder.holding(ring.path), number: number)
    }
}

/// Tells a file from what was there before: each change of a ring is a new file.
struct FileStamp: Equatable {
    private let inode: UInt64
    private let seconds: Int
    private let nanoseconds: Int

    /// Returns nil if there is no file, or it cannot be looked at.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        inode = UInt64(status.st_ino)
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
}
