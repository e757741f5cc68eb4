package import EventLoop

/// The reason why a request has no response.
package enum ClientFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The host's name has no address.
    case unresolved
    /// None of the host's addresses accepts connections.
    case unreachable(SocketFault)
    case timeout
    /// The connection ended before the response did. The host may have acted on the request.
    case disconnected
    /// The response is invalid HTTP, or over a limit.
    case malformed(HTTPFault)
    /// The response to the connection's check was not accepted.
    case refused(ConnectionCheck.Refusal)
    /// Too many requests wait for a connection.
    case busy
    case cancelled
    case closed

    package var description: String {
        switch self {
        case .unresolved: "the name leads to no address"
        case .unreachable(let fault): "cannot connect: \(fault)"
        case .timeout: "timed out"
        case .disconnected: "the connection ended before the response did"
        case .malformed(let fault): "no valid response: \(fault)"
        case .refused(let refusal): "the host was refused: \(refusal.reason)"
        case .busy: "too many requests are waiting"
        case .cancelled: "cancelled"
        case .closed: "the client is closed"
        }
    }

    init(_ fault: SocketFault) {
        switch fault {
        case .timeout: self = .timeout
        case .cancelled: self = .cancelled
        case .closed, .truncated, .insecure, .system: self = .disconnected
        }
    }
}
