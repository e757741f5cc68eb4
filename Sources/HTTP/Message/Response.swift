/// A response of the application.
///
/// The server adds Date, Content-Length or Transfer-Encoding, Connection and
/// `X-Content-Type-Options: nosniff`. It omits the body if the request was HEAD or the status
/// forbids one.
package struct Response: Sendable {
    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Bytes that stay in memory as long as the program runs. They are not charged to a
        /// response.
        case shared([UInt8])
        /// Written in pieces, each after the client has read the one before. An error ends the
        /// connection without the last chunk, so that the client sees that the body is incomplete.
        case stream(@Sendable (BodyWriter) async throws -> Void)
        /// There is no response yet. The connection waits with little memory. It then asks the
        /// handler again, with a request that `wasHeld`.
        case held(any HeldResponse)
    }

    package var status: Status
    /// Names come from our own source. Control characters in a value are sent as spaces, so that no
    /// value can end its line.
    package var fields: [(name: StaticString, value: String)]
    /// Sent after `fields`.
    package var commonFields = FieldLines.none
    package var body: Body

    package init(
        _ status: Status, fields: [(name: StaticString, value: String)] = [], body: Body = .none
    ) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Returns the response to OPTIONS without a route of its own.
    package static func options(allowed: String) -> Response {
        Response(.noContent, fields: [("Allow", allowed)])
    }

    /// Returns the whole body, for tests without a socket.
    package func bodyBytes() async throws -> [UInt8] {
        switch body {
        case .none, .held: return []
        case .bytes(let bytes), .shared(let bytes): return bytes
        case .stream(let write):
            let writer = BodyWriter()
            try await write(writer)
            return writer.collected
        }
    }
}

/// Fields that many responses share, encoded once.
package struct FieldLines: Sendable {
    let bytes: [UInt8]

    package var isEmpty: Bool { bytes.isEmpty }

    package static let none = FieldLines([])

    /// Names come from our own source. Control characters in a value become spaces.
    package init(_ fields: [(name: StaticString, value: String)]) {
        var bytes: [UInt8] = []
        for (name, value) in fields { bytes.append(field: name, value) }
        self.bytes = bytes
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func + (first: FieldLines, second: FieldLines) -> FieldLines {
        FieldLines(bytes: first.bytes + second.bytes)
    }
}
