import EventLoop
import Glibc
import Program

extension ControlClient {
    /// - Parameter data: The data folder of the server.
    init(data: String, loop: EventLoop) {
        self.init(folder: data, loop: loop)
    }

    /// Returns the failure of a command that needs a running server. It distinguishes a server that
    /// runs without a socket from no server.
    static func noServer(on data: String) -> StartFailure {
        guard isLocked(data) else {
            return StartFailure("no server runs on data folder '\(data)': start ChatCore first")
        }
        return StartFailure(
            "a server runs on data folder '\(data)', but its control.sock cannot be reached: its "
                + "log says why. Where the folder takes no new files, make it writable; the server "
                + "tries again every few seconds")
    }

    /// Returns whether a process holds the store's lock. Does not create the lock file.
    private static func isLocked(_ data: String) -> Bool {
        let number = open("\(data)/lock", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return false }
        defer { close(number) }
        return flock(number, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
