import EventLoop
import Glibc
import Program

/// The place of a server: its data folder, and the socket by which it is administered.
struct ServerPlace: Sendable {
    let data: String
    /// Nil stands for `control.sock` in the data folder.
    let ownSocket: ControlSocket?

    /// Returns the failure of a command that needs a running server. It distinguishes a server that
    /// runs without a socket from no server.
    var noServer: StartFailure {
        if let ownSocket, !isLocked {
            return StartFailure("no server listens on \(ownSocket.path): start ChatCore first")
        }
        guard isLocked else {
            return StartFailure("no server runs on data folder '\(data)': start ChatCore first")
        }
        if let ownSocket {
            return StartFailure(
                "a server runs on data folder '\(data)', but \(ownSocket.path) cannot be reached: "
                    + "start it with the same \(Defaults.controlSocket.option("--control-socket"))")
        }
        return StartFailure(
            "a server runs on data folder '\(data)', but its control.sock cannot be reached: its "
                + "log says why. Where the folder takes no new files, make it writable; the server "
                + "tries again every few seconds")
    }

    /// Whether a process holds the store's lock. Does not create the lock file.
    private var isLocked: Bool {
        let number = open("\(data)/lock", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return false }
        defer { close(number) }
        return flock(number, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}

extension ControlClient {
    /// - Parameter data: The data folder of a server that has its socket there.
    init(data: String, loop: EventLoop) {
        self.init(ServerPlace(data: data, ownSocket: nil), loop: loop)
    }

    /// Returns the failure of a command that needs such a server.
    static func noServer(on data: String) -> StartFailure {
        ServerPlace(data: data, ownSocket: nil).noServer
    }

    init(_ place: ServerPlace, loop: EventLoop) {
        if let socket = place.ownSocket {
            // The folder of a socket at a path of its own may be anybody's.
            self.init(socket, ownerOf: place.data, loop: loop)
        } else {
            self.init(folder: place.data, loop: loop)
        }
    }
}
