import EventLoop
import Glibc

/// The socket `control.sock` in the data folder. Access to it is administration of the server.
struct ControlSocket: Sendable {
    private static let name = "control.sock"
    /// Less than `sockaddr_un` holds (108 bytes, unix(7)).
    private static let pathBytesMax = 100

    let folder: String

    var path: String { "\(folder)/\(Self.name)" }

    /// Listens. Replaces a socket that an earlier process left behind. Call it only with the
    /// store's lock held.
    func listen(on loop: EventLoop) throws(SystemCallError) -> Listener {
        remove()
        let short = try shortPath()
        defer { withExtendedLifetime(short) {} }
        return try Listener(.unix(path: short.text), loop: loop)
    }

    func remove() { unlink(path) }

    /// Returns a path that fits into a socket address. A path that is too long leads through a
    /// descriptor of the folder, which the result keeps open.
    func shortPath() throws(SystemCallError) -> ShortPath {
        if path.utf8.count <= Self.pathBytesMax { return ShortPath(path) }
        let number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .last("open") }
        return ShortPath(Self.name, in: FileDescriptor(owning: number))
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
