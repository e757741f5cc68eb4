/// The head of a response that a client has received (RFC 9112 §4). It is parsed as strictly as a
/// request's.
struct ReceivedResponseHead: Sendable {
    enum Framing: Sendable, Equatable {
        case length(Int)
        case chunked
        case untilClose
    }

    let status: Status
    let fields: Fields
    let framing: Framing
    let keepsAlive: Bool

    /// Parses a head from the status line to the blank line. `method` is that of the request.
    init(
        parsing head: Span<UInt8>, answering method: Method, _ limits: Limits
    ) throws(HTTPFault) {
        // "HTTP/1.1 200 OK": the reason may be empty, even without its space.
        guard let version = Version(in: head, at: 0), head.count > 14, head[8] == .space,
            head[9].isDigit, head[9] > 0x30, head[10].isDigit, head[11].isDigit,
            head[12] == .space || head[12] == .carriageReturn
        else { throw .requestLineMalformed }
        var end = 12
        while head[end].isFieldText { end += 1 }
        guard head[end] == .carriageReturn, head[end + 1] == .lineFeed else {
            throw .requestLineMalformed
        }
        let digits = (9...11).map { Int(head[$0] - 0x30) }
        status = Status(code: digits[0] * 100 + digits[1] * 10 + digits[2])
        fields = Fields(
            bytes: [UInt8](copying: head),
            entries: try FieldParser.entries(in: head, from: end + 2, limits))
        framing = try ReceivedResponseHead.framing(fields, version, status, method, limits)
        keepsAlive =
            framing != .untilClose && !fields.hasToken("close", in: "Connection")
            && (version == .http11 || fields.hasToken("keep-alive", in: "Connection"))
    }

    private static func framing(
        _ fields: Fields, _ version: Version, _ status: Status, _ method: Method, _ limits: Limits
    ) throws(HTTPFault) -> Framing {
        if method == .head || status.forbidsContent { return .length(0) }
        let lengths = fields.ranges(of: "Content-Length")
        let codings = fields.ranges(of: "Transfer-Encoding")
        if !codings.isEmpty {
            guard version == .http11, lengths.isEmpty else { throw .framingAmbiguous }
            try BodyFraming.requireChunked(codings, fields)
            return .chunked
        }
        guard let range = lengths.first else { return .untilClose }
        guard lengths.count == 1, let length = BodyFraming.decimal(fields.bytes.span, range) else {
            throw .lengthMalformed
        }
        guard length <= limits.bodyBytesMax else { throw .bodyTooLarge }
        return .length(length)
    }
}
