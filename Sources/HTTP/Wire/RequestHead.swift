/// A valid head of a request (RFC 9112 §3–§6).
struct RequestHead: Sendable {
    let method: Method
    let version: Version
    let target: RequestTarget
    /// Holds the bytes of the whole head, so that target and fields are ranges of one copy.
    let fields: Fields
    /// The framing of the body, or the reason why it is refused. The head is valid in both cases.
    let framing: Result<BodyFraming, HTTPFault>
    /// Whether the client keeps the connection open.
    let keepsAlive: Bool
    /// Whether the client waits for "100 Continue" before it sends the body.
    let expectsContinue: Bool
    /// The requested host: of the target, or else of Host.
    let authority: Range<Int>?

    /// Parses a head from the request line to the blank line.
    init(parsing head: Span<UInt8>, _ limits: Limits) throws(HTTPFault) {
        let line = try RequestLine(in: head)
        let target = try RequestTarget(in: head, line.target, method: line.method)
        let fields = Fields(
            bytes: [UInt8](copying: head),
            entries: try FieldParser.entries(in: head, from: line.end, limits))
        let host = try RequestHead.host(fields, line.version)
        var expectsContinue = false
        let framing: Result<BodyFraming, HTTPFault>
        do throws(HTTPFault) {
            let found = try BodyFraming(of: fields, line.method, line.version, limits)
            expectsContinue = try RequestHead.expectsContinue(fields, line.version)
            framing = .success(found)
        } catch {
            framing = .failure(error)
        }
        // Bytes after CONNECT may be meant for a tunnel, which is not granted.
        let keepsAlive =
            line.method != .connect && !fields.hasToken("close", in: "Connection")
            && (line.version == .http11 || fields.hasToken("keep-alive", in: "Connection"))
        // Assigned at the end. Assignments one by one cost another copy of the whole.
        self.method = line.method
        self.version = line.version
        self.target = target
        self.fields = fields
        self.framing = framing
        self.keepsAlive = keepsAlive
        self.expectsContinue = expectsContinue
        self.authority = target.authority ?? host
    }

    /// Calls `body` with the bytes of the path as sent.
    func withEncodedPath<Outcome>(_ body: (Span<UInt8>) -> Outcome) -> Outcome {
        switch target.path {
        case .plain(let range), .decoded(_, sent: let range):
            return body(fields.bytes.span.extracting(range))
        case .implied(let path):
            let text = path.description
            return body(text.utf8.span)
        }
    }

    /// Returns the range of Host. HTTP/1.1 requires exactly one, and HTTP/1.0 allows at most one
    /// (RFC 9112 §3.2).
    private static func host(_ fields: Fields, _ version: Version) throws(HTTPFault) -> Range<Int>?
    {
        guard let (host, isOnly) = fields.first("Host") else {
            if version == .http11 { throw .hostMalformed }
            return nil
        }
        let range = Int(host.lowerBound)..<Int(host.upperBound)
        guard isOnly, Authority.isValid(fields.bytes.span, range) else { throw .hostMalformed }
        return range
    }

    /// RFC 9110 §10.1.1 has one expectation. HTTP/1.0 ignores it.
    private static func expectsContinue(
        _ fields: Fields, _ version: Version
    ) throws(HTTPFault) -> Bool {
        let expectations = fields.ranges(of: "Expect")
        guard version == .http11, !expectations.isEmpty else { return false }
        guard expectations.allSatisfy({ fields.matches($0, "100-continue") }) else {
            throw .expectationUnknown
        }
        return true
    }
}
