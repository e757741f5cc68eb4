package import EventLoop

/// The system calls of the store, so that tests can stop, tear or fail each one.
///
/// All calls block, except `DiskFile.readCached`. The store makes them on its own threads. No call
/// retries: `UninterruptedDisk` repeats interrupted calls, and callers continue short ones.
package protocol Disk: Sendable {
    func open(_ path: String, _ mode: OpenMode) throws(SystemCallError) -> any DiskFile
    /// Returns the names in a folder, without `.` and `..`, in no order.
    func list(_ folder: String) throws(SystemCallError) -> [String]
    /// Makes a folder with mode 0700.
    func makeFolder(_ path: String) throws(SystemCallError)
    /// Sets the mode of a folder to 0700.
    func restrictFolder(_ path: String) throws(SystemCallError)
    /// Sets the mode of a file to 0600. Returns false if group and others had no access before.
    func restrictFile(_ path: String) throws(SystemCallError) -> Bool
    /// Removes an empty folder.
    func removeFolder(_ path: String) throws(SystemCallError)
    func rename(_ path: String, to newPath: String) throws(SystemCallError)
    func unlink(_ path: String) throws(SystemCallError)
    /// Gives a file a second name. Fails with EXDEV where both are not on one file system.
    func link(_ path: String, to newPath: String) throws(SystemCallError)
    /// Opens a folder, to sync names in it later. Open it before the first change, so that a
    /// missing descriptor cannot stop the change halfway.
    func openFolder(_ path: String) throws(SystemCallError) -> any DiskFolder
}

/// An open folder. It is closed when its last holder releases it.
package protocol DiskFolder: AnyObject, Sendable {
    /// Makes created, changed and removed names durable (fsync(2) of the folder).
    func sync() throws(SystemCallError)
}

/// The mode in which a file is opened. The file is always closed on exec.
package enum OpenMode: Sendable {
    case reading
    case writing
    /// For reading and writing. A missing file is created with mode 0600.
    case creating
    /// As `creating`, and truncated.
    case replacing
}

/// An open file. It is closed when its last holder releases it.
package protocol DiskFile: AnyObject, Sendable {
    /// Reads up to the size of `bytes` from `offset`, and returns the count. 0 means the end of the
    /// file.
    func read(
        into bytes: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(SystemCallError) -> Int
    /// Reads bytes that need no wait for a disk, as `read` does. Returns nil if there are none.
    func readCached(into bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int?
    /// Writes some of `bytes` at `offset`, and returns the count.
    func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64
    ) throws(SystemCallError) -> Int
    /// Returns once content and length are durable (fdatasync(2)).
    func sync() throws(SystemCallError)
    func truncate(to length: Int64) throws(SystemCallError)
    func length() throws(SystemCallError) -> Int64
    func identity() throws(SystemCallError) -> FileIdentity
    /// Locks the file for this process until it is closed. Returns false if another process holds
    /// the lock.
    func lock() throws(SystemCallError) -> Bool
}

/// Identifies a file and its state. A copy that replaces the file has another identity.
package struct FileIdentity: Sendable, Equatable {
    /// The inode's number.
    package let number: UInt64
    /// The time of the last change to content or inode, in nanoseconds since 1970. No program can
    /// set it.
    package let changedAt: Int64
    /// The length in bytes.
    package let length: Int64

    package init(number: UInt64, changedAt: Int64, length: Int64) {
        self.number = number
        self.changedAt = changedAt
        self.length = length
    }
}
