internal import EventLoop
internal import Glibc

/// A disk that repeats calls which a signal interrupted (EINTR). An interrupted call has not
/// failed, and neither has an interrupted fsync. The kernel reports lost writes with another error.
struct UninterruptedDisk: Disk {
    private let disk: any Disk

    init(_ disk: any Disk) { self.disk = disk }

    func open(_ path: String, _ mode: OpenMode) throws(SystemCallError) -> any DiskFile {
        UninterruptedFile(
            try uninterrupted { () throws(SystemCallError) in try disk.open(path, mode) })
    }

    func list(_ folder: String) throws(SystemCallError) -> [String] {
        try uninterrupted { () throws(SystemCallError) in try disk.list(folder) }
    }

    func makeFolder(_ path: String) throws(SystemCallError) {
        try uninterrupted { () throws(SystemCallError) in try disk.makeFolder(path) }
    }

    func restrictFolder(_ path: String) throws(SystemCallError) {
        try uninterrupted { () throws(SystemCallError) in try disk.restrictFolder(path) }
    }

    func restrictFile(_ path: String) throws(SystemCallError) -> Bool {
        try uninterrupted { () throws(SystemCallError) in try disk.restrictFile(path) }
    }

    func removeFolder(_ path: String) throws(SystemCallError) {
        try uninterrupted { () throws(SystemCallError) in try disk.removeFolder(path) }
    }

    func rename(_ path: String, to newPath: String) throws(SystemCallError) {
        try uninterrupted { () throws(SystemCallError) in try disk.rename(path, to: newPath) }
    }

    func link(_ path: String, to newPath: String) throws(SystemCallError) {
        try uninterrupted { () throws(SystemCallError) in try disk.link(path, to: newPath) }
    }

    func unlink(_ path: String) throws(SystemCallError) {
        try uninterrupted { () throws(SystemCallError) in try disk.unlink(path) }
    }

    func openFolder(_ path: String) throws(SystemCallError) -> any DiskFolder {
        UninterruptedFolder(
            try uninterrupted { () throws(SystemCallError) in try disk.openFolder(path) })
    }
}

private final class UninterruptedFolder: DiskFolder {
    private let folder: any DiskFolder

    init(_ folder: any DiskFolder) { self.folder = folder }

    func sync() throws(SystemCallError) {
        try uninterrupted { () throws(SystemCallError) in try folder.sync() }
    }
}

private final class UninterruptedFile: DiskFile {
    private let file: any DiskFile

    init(_ file: any DiskFile) { self.file = file }

    func read(
        into bytes: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(SystemCallError) -> Int {
        try uninterrupted { () throws(SystemCallError) in try file.read(into: bytes, at: offset) }
    }

    func readCached(into bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int? {
        file.readCached(into: bytes, at: offset)
    }

    func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64
    ) throws(SystemCallError) -> Int {
        try uninterrupted { () throws(SystemCallError) in try file.write(bytes, at: offset) }
    }

    func sync() throws(SystemCallError) {
        try uninterrupted { () throws(SystemCallError) in try file.sync() }
    }

    func truncate(to length: Int64) throws(SystemCallError) {
        try uninterrupted { () throws(SystemCallError) in try file.truncate(to: length) }
    }

    func length() throws(SystemCallError) -> Int64 {
        try uninterrupted { () throws(SystemCallError) in try file.length() }
    }

    func identity() throws(SystemCallError) -> FileIdentity {
        try uninterrupted { () throws(SystemCallError) in try file.identity() }
    }

    func lock() throws(SystemCallError) -> Bool {
        try uninterrupted { () throws(SystemCallError) in try file.lock() }
    }
}

private func uninterrupted<Value>(
    _ call: () throws(SystemCallError) -> Value
) throws(SystemCallError) -> Value {
    while true {
        do throws(SystemCallError) { return try call() } catch {
            guard error.number == EINTR else { throw error }
        }
    }
}
