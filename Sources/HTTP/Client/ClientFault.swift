package import EventLoop

/// Why a request has no response.
package enum ClientFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The host's name leads to no address.
    case unresolved
    /// None of its addresses takes connections.
    case unreachable(SocketFault)
    case timeout
    /// The connection ended before the response did. The request may have been acted upon.
    case disconnected
    /// What came is no HTTP response, or more than the limits allow.
    case malformed(HTTPFault)
    /// What the host said when it was asked over a new connection was not accepted.
    case refused
    /// Too many are waiting for a connection already.
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
        case .refused: "the host is not the one that is meant"
        case .busy: "too many requests are waiting"
        case .cancelled: "cancelled"
        case .closed: "the client is closed"
        }
    }

    init(_ fault: SocketFault) {
        switch fault {
        case .timeout: self = .timeout
        case .cancelled: self = .cancelled
        case .closed, .system: self = .disconnected
        }
    }
}
