/// Why a socket's operation did not come to its end.
package enum SocketFault: Error, Equatable, CustomStringConvertible {
    /// The deadline came first.
    case timeout
    /// The socket was closed on this side.
    case closed
    /// The task was cancelled.
    case cancelled
    case system(SystemCallError)

    package var description: String {
        switch self {
        case .timeout: "timed out"
        case .closed: "closed"
        case .cancelled: "cancelled"
        case .system(let error): error.description
        }
    }
}
