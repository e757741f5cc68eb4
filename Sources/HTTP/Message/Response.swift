/// What the application answers. The server adds Date, Content-Length or Transfer-Encoding,
/// Connection and `X-Content-Type-Options: nosniff`, and leaves out the body where the request
/// was HEAD or the status forbids one.
package struct Response: Sendable {
    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Bytes that are in memory for as long as the program runs: not charged to an answer.
        case shared([UInt8])
        /// Written piece by piece, each waiting until the reader has taken the one before. A throw
        /// ends the connection without the last chunk, so that nobody takes the part for the whole.
        case stream(@Sendable (BodyWriter) async throws -> Void)
    }

    package var status: Status
    /// Names come from our own source; control characters in a value are sent as spaces, so that
    /// no value can end its line.
    package var fields: [(name: StaticString, value: String)]
    /// Goes out behind them.
    package var commonFields = FieldLines.none
    package var body: Body

    package init(
        _ status: Status, fields: [(name: StaticString, value: String)] = [], body: Body = .none
    ) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// What OPTIONS is answered with where nobody asked for more.
    package static func options(allowed: String) -> Response {
        Response(.noContent, fields: [("Allow", allowed)])
    }

    /// The whole body, for tests that run without a socket.
    package func bodyBytes() async throws -> [UInt8] {
        switch body {
        case .none: return []
        case .bytes(let bytes), .shared(let bytes): return bytes
        case .stream(let write):
            let writer = BodyWriter()
            try await write(writer)
            return writer.collected
        }
    }
}
