import EventLoop
import Glibc

/// `control.sock` in the data folder: whoever may open it administers the running server.
struct ControlSocket: Sendable {
    private static let name = "control.sock"
    /// What fits into a `sockaddr_un` (unix(7)), with some room.
    private static let pathBytesMax = 100

    let folder: String

    var path: String { "\(folder)/\(Self.name)" }

    /// Listens, in place of a socket that an earlier process left behind. Only who holds the
    /// store's lock may do so.
    func listen(on loop: EventLoop) throws(SystemCallError) -> Listener {
        remove()
        let short = try shortPath()
        defer { withExtendedLifetime(short) {} }
        return try Listener(.unix(path: short.text), loop: loop)
    }

    func remove() { unlink(path) }

    /// A path to it that fits into an address, for as long as this is held: where its own does
    /// not, it leads through the open folder.
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
