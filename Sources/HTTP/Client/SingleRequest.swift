package import EventLoop

/// A request over a connection of its own, to addresses that the caller has looked up and judged.
/// Nothing is looked up again, so a name cannot lead elsewhere afterwards. Redirects are not
/// followed.
package struct SingleRequest: Sendable {
    package let method: Method
    /// Path and query, encoded.
    package let target: String
    /// The value of Host.
    package let authority: String
    package let fields: [(name: StaticString, value: String)]
    package let body: [UInt8]

    package init(
        _ method: Method, _ target: String, authority: String,
        fields: [(name: StaticString, value: String)], body: [UInt8]
    ) {
        self.method = method
        self.target = target
        self.authority = authority
        self.fields = fields
        self.body = body
    }

    /// Sends the request to the first address that accepts the connection and its handshake, and
    /// returns the response, whatever its status.
    ///
    /// - Parameters:
    ///   - limits: The times, and the limits of the response.
    ///   - deadline: Of all steps together.
    package func send(
        to addresses: [SocketAddress], loop: EventLoop, limits: ClientLimits,
        handshake: Handshake, until deadline: MonotonicTime
    ) async throws(ClientFault) -> ClientResponse {
        let connection = try await ClientConnection.open(
            to: addresses, loop: loop, limits: limits, handshake: handshake, until: deadline)
        defer { connection.close() }
        let all = fields + [(name: "Connection", value: "close")]
        do {
            return try await connection.exchange(
                method, head: ClientHead.bytes(method, target, authority: authority, all, body),
                body: body, limits.response, until: deadline)
        } catch { throw error.fault }
    }
}
