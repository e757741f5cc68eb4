import EventLoop
import Glibc

/// The socket by which a server is administered: `control.sock` in its folder, or at a path of its
/// own. Access to it is administration of the server.
package struct ControlSocket: Sendable {
    /// The name of a server's socket, where several servers share a folder and are numbered.
    private static func name(ofServer number: Int) -> String {
        number == 1 ? "control.sock" : "control-\(number).sock"
    }

    /// Less than `sockaddr_un` holds (108 bytes, unix(7)).
    private static let pathBytesMax = 100
    /// Leaves space for `/proc/self/fd/NUMBER/`.
    private static let nameBytesMax = 64

    let folder: String
    package let name: String

    /// - Parameter number: The server's, where several share the folder; 1 for one alone.
    package init(folder: String, number: Int = 1) {
        (self.folder, name) = (folder, Self.name(ofServer: number))
    }

    /// Returns nil for a path that names no file.
    package init?(path: String) {
        let slash = path.lastIndex(of: "/")
        let name = String(slash.map { path[path.index(after: $0)...] } ?? path[...])
        guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= Self.nameBytesMax
        else { return nil }
        (folder, self.name) = (PrivateFolder.holding(path), name)
    }

    package var path: String { "\(folder)/\(name)" }

    /// Listens. Replaces a socket that an earlier process left behind, and never one that is in
    /// use.
    func listen(on loop: EventLoop) throws(SystemCallError) -> Listener {
        // Closing the descriptor releases the lock. A folder that cannot be opened holds no socket.
        let number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .last("open") }
        let lock = FileDescriptor(owning: number)
        guard BlockingIO.uninterrupted({ flock(lock.number, LOCK_EX) }) == 0 else {
            throw .last("flock")
        }
        if try isInUse() { throw SystemCallError("bind", number: EADDRINUSE) }
        remove()
        let short = try shortPath()
        defer { withExtendedLifetime(short) {} }
        return try Listener(.unix(path: short.text), loop: loop)
    }

    /// Returns whether a process listens on the socket.
    private func isInUse() throws(SystemCallError) -> Bool {
        let short = try shortPath()
        defer { withExtendedLifetime(short) {} }
        return try Listener.isInUse(path: short.text)
    }

    func remove() { unlink(path) }

    /// Returns a path that fits into a socket address. A path that is too long leads through a
    /// descriptor of the folder, which the result keeps open.
    func shortPath() throws(SystemCallError) -> ShortPath {
        if path.utf8.count <= Self.pathBytesMax { return ShortPath(path) }
        let number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .last("open") }
        return ShortPath(name, in: FileDescriptor(owning: number))
    }
}

final class ShortPath: Sendable {
    let text: String
    private let folder: FileDescriptor?

    init(_ text: String) {
        self.text = text
        folder = nil
    }

    init(_ name: String, in folder: consuming FileDescriptor) {
        text = "/proc/self/fd/\(folder.number)/\(name)"
        self.folder = consume folder
    }
}
