internal import CLinux
package import EventLoop
internal import Glibc

/// The real disk.
package struct SystemDisk: Disk {
    package init() {}

    package func open(_ path: String, _ mode: OpenMode) throws(SystemCallError) -> any DiskFile {
        let flags =
            switch mode {
            case .reading: O_RDONLY
            case .writing: O_RDWR
            case .creating: O_RDWR | O_CREAT
            case .replacing: O_RDWR | O_CREAT | O_TRUNC
            }
        let number = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw .last("open") }
        return SystemFile(FileDescriptor(owning: number))
    }

    package func list(_ folder: String) throws(SystemCallError) -> [String] {
        guard let stream = opendir(folder) else { throw .last("opendir") }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw .last("readdir") }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    package func makeFolder(_ path: String) throws(SystemCallError) {
        guard mkdir(path, 0o700) == 0 else { throw .last("mkdir") }
    }

    package func restrictFolder(_ path: String) throws(SystemCallError) {
        guard chmod(path, 0o700) == 0 else { throw .last("chmod") }
    }

    package func restrictFile(_ path: String) throws(SystemCallError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .last("stat") }
        if status.st_mode & 0o077 == 0 { return false }
        guard chmod(path, 0o600) == 0 else { throw .last("chmod") }
        return true
    }

    package func removeFolder(_ path: String) throws(SystemCallError) {
        guard rmdir(path) == 0 else { throw .last("rmdir") }
    }

    package func rename(_ path: String, to newPath: String) throws(SystemCallError) {
        guard Glibc.rename(path, newPath) == 0 else { throw .last("rename") }
    }

    package func link(_ path: String, to newPath: String) throws(SystemCallError) {
        guard Glibc.link(path, newPath) == 0 else { throw .last("link") }
    }

    package func unlink(_ path: String) throws(SystemCallError) {
        guard Glibc.unlink(path) == 0 else { throw .last("unlink") }
    }

    package func openFolder(_ path: String) throws(SystemCallError) -> any DiskFolder {
        let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .last("open") }
        return SystemFolder(FileDescriptor(owning: number))
    }
}

private final class SystemFolder: DiskFolder {
    private let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    func sync() throws(SystemCallError) {
        guard fsync(descriptor.number) == 0 else { throw .last("fsync") }
    }
}

private final class SystemFile: DiskFile {
    private let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    func read(
        into bytes: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(SystemCallError) -> Int {
        let count = pread(descriptor.number, bytes.baseAddress, bytes.count, off_t(offset))
        guard count >= 0 else { throw .last("pread") }
        return count
    }

    func readCached(into bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int? {
        let count = clinux_pread_cached(
            descriptor.number, bytes.baseAddress, bytes.count, off_t(offset))
        return count > 0 ? count : nil
    }

    func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64
    ) throws(SystemCallError) -> Int {
        let count = pwrite(descriptor.number, bytes.baseAddress, bytes.count, off_t(offset))
        guard count >= 0 else { throw .last("pwrite") }
        return count
    }

    func sync() throws(SystemCallError) {
        guard fdatasync(descriptor.number) == 0 else { throw .last("fdatasync") }
    }

    func truncate(to length: Int64) throws(SystemCallError) {
        guard ftruncate(descriptor.number, off_t(length)) == 0 else { throw .last("ftruncate") }
    }

    func length() throws(SystemCallError) -> Int64 {
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else { throw .last("fstat") }
        return Int64(status.st_size)
    }

    func identity() throws(SystemCallError) -> FileIdentity {
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else { throw .last("fstat") }
        return FileIdentity(
            number: UInt64(status.st_ino),
            changedAt: Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec),
            length: Int64(status.st_size))
    }

    func lock() throws(SystemCallError) -> Bool {
        if flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw .last("flock") }
        return false
    }
}
