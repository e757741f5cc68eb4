package import EventLoop

/// Every system call the store makes, so that tests can stop, tear or fail each one.
///
/// All calls block; the store makes them on its own threads, `DiskFile.readCached` excepted. None
/// retries: an interrupted call is made again by `UninterruptedDisk`, a short one continued by the
/// caller.
package protocol Disk: Sendable {
    func open(_ path: String, _ mode: OpenMode) throws(SystemCallError) -> any DiskFile
    /// Names in a folder, without `.` and `..`, in no order.
    func list(_ folder: String) throws(SystemCallError) -> [String]
    /// Makes a folder that only its owner may look into.
    func makeFolder(_ path: String) throws(SystemCallError)
    /// Lets nobody but its owner look into a folder.
    func restrictFolder(_ path: String) throws(SystemCallError)
    /// Lets nobody but its owner read or write a file; false where that was so.
    func restrictFile(_ path: String) throws(SystemCallError) -> Bool
    /// Removes an empty folder.
    func removeFolder(_ path: String) throws(SystemCallError)
    func rename(_ path: String, to newPath: String) throws(SystemCallError)
    func unlink(_ path: String) throws(SystemCallError)
    /// Opens a folder to confirm names in it. Whoever may not fail halfway for want of a descriptor
    /// opens it before the first change.
    func openFolder(_ path: String) throws(SystemCallError) -> any DiskFolder
}

/// An open folder; closed when its last holder lets go of it.
package protocol DiskFolder: AnyObject, Sendable {
    /// Makes names made, changed and removed in it last (fsync(2) of the folder).
    func sync() throws(SystemCallError)
}

/// How a file is opened; always closed on exec.
package enum OpenMode: Sendable {
    case reading
    case writing
    /// For reading and writing; made, readable by its owner alone, where it does not exist.
    case creating
    /// As `creating`, and emptied.
    case replacing
}

/// An open file; closed when its last holder lets go of it.
package protocol DiskFile: AnyObject, Sendable {
    /// Fills up to the whole of `bytes` from `offset`; 0 is the end of the file.
    func read(
        into bytes: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(SystemCallError) -> Int
    /// As `read`, but only what needs no waiting for a disk: nil where that is nothing.
    func readCached(into bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int?
    /// Writes some of `bytes` at `offset` and returns how many.
    func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64
    ) throws(SystemCallError) -> Int
    /// Returns once content and length are on the disk (fdatasync(2)).
    func sync() throws(SystemCallError)
    func truncate(to length: Int64) throws(SystemCallError)
    func length() throws(SystemCallError) -> Int64
    func identity() throws(SystemCallError) -> FileIdentity
    /// Takes the file for this process alone until it is closed; false when another has it.
    func lock() throws(SystemCallError) -> Bool
}

/// Tells whether a file is still the one it was, unchanged: a copy of it, put back in its place, is
/// not.
package struct FileIdentity: Sendable, Equatable {
    /// The inode's number.
    package let number: UInt64
    /// The time of the last change to content or inode, in nanoseconds since 1970. No program sets
    /// it.
    package let changedAt: Int64
    /// In bytes.
    package let length: Int64

    package init(number: UInt64, changedAt: Int64, length: Int64) {
        self.number = number
        self.changedAt = changedAt
        self.length = length
    }
}
