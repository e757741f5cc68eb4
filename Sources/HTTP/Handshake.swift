package import EventLoop

/// Prepares a new connection for its first request within the deadline. It may add a filter to the
/// socket, as TLS does, and nothing else here knows of it.
package typealias Handshake = @Sendable (Socket, MonotonicTime?) async throws(SocketFault) -> Void
