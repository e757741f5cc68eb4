/// Parses the response to one request, without I/O. Interim responses are skipped.
struct ResponseParser {
    enum Outcome {
        case needsMore
        case response(ClientResponse, keepsAlive: Bool)
    }

    private enum State {
        case head(HeadScanner)
        case sized(ReceivedResponseHead, Int)
        indirect case chunked(ReceivedResponseHead, ChunkedDecoder)
        case untilClose(ReceivedResponseHead)
    }

    private static let interimCountMax = 8

    private let method: Method
    private var state = State.head(HeadScanner())
    private var interimCount = 0
    /// The received body. The caller may append further bytes while `readsBodyUnparsed`.
    var body: [UInt8] = []
    private var takenBodyCount = 0

    init(answering method: Method) {
        self.method = method
    }

    /// Parses further bytes. `input` are all received bytes that were not taken. The caller removes
    /// the first `taken` of them afterwards.
    mutating func parse(
        _ input: Span<UInt8>, _ limits: Limits, taken: inout Int
    ) throws(HTTPFault) -> Outcome {
        taken = 0
        while case .head(var scanner) = state {
            let rest = input.extracting(taken..<input.count)
            guard let end = try scanner.end(in: rest, limits) else {
                state = .head(scanner)
                return .needsMore
            }
            // Empty lines are allowed before a request alone (RFC 9112 §2.2).
            guard scanner.start == 0 else { throw .requestLineMalformed }
            taken += end
            let head = try ReceivedResponseHead(
                parsing: rest.extracting(scanner.start..<end), answering: method, limits)
            try enter(head)
        }
        return try parseBody(input, limits, taken: &taken)
    }

    /// Whether the next bytes are the body's as they stand, so that they can be read into `body`
    /// without a copy.
    var readsBodyUnparsed: Bool { bodyCountMax != nil }

    /// The number of bytes that `body` may hold, if it has a length.
    private var bodyCountMax: Int? {
        if case .sized(_, let length) = state { length - takenBodyCount } else { nil }
    }

    /// Removes and returns the bytes that were read into `body` behind its end.
    mutating func takeSurplus() -> [UInt8] {
        guard let bodyCountMax, body.count > bodyCountMax else { return [] }
        defer { body.removeLast(body.count - bodyCountMax) }
        return Array(body[bodyCountMax...])
    }

    /// Removes and returns the received part of a success's body. The response lacks it then. Empty
    /// for any other status.
    ///
    /// `Limits.bodyBytesMax` then limits the bytes between two calls.
    mutating func takeBody() -> [UInt8] {
        switch state {
        case .sized(let head, _), .chunked(let head, _), .untilClose(let head):
            guard head.status.isSuccess else { return [] }
        case .head: return []
        }
        takenBodyCount += body.count
        defer { body = [] }
        return body
    }

    /// Returns the response if the end of the connection completes it.
    mutating func end() -> ClientResponse? {
        guard case .untilClose(let head) = state else { return nil }
        return response(head)
    }

    private mutating func enter(_ head: ReceivedResponseHead) throws(HTTPFault) {
        if head.status.code < 200 {
            interimCount += 1
            // No request asks to change the protocol, so 101 is invalid.
            guard interimCount <= ResponseParser.interimCountMax, head.status.code != 101 else {
                throw .requestLineMalformed
            }
            state = .head(HeadScanner())
            return
        }
        switch head.framing {
        case .length(let length):
            body.reserveCapacity(length)
            state = .sized(head, length)
        case .chunked: state = .chunked(head, ChunkedDecoder())
        case .untilClose: state = .untilClose(head)
        }
    }

    private mutating func parseBody(
        _ input: Span<UInt8>, _ limits: Limits, taken: inout Int
    ) throws(HTTPFault) -> Outcome {
        let rest = input.extracting(taken..<input.count)
        switch state {
        case .head: return .needsMore
        case .sized(let head, let length):
            let left = length - takenBodyCount - body.count
            taken += append(rest, atMost: left)
            if rest.count >= left {
                return .response(response(head), keepsAlive: head.keepsAlive)
            }
        case .chunked(let head, var decoder):
            taken += try decoder.decode(rest, limits, appendingTo: &body)
            if decoder.isDone { return .response(response(head), keepsAlive: head.keepsAlive) }
            state = .chunked(head, decoder)
        case .untilClose:
            guard rest.count <= limits.bodyBytesMax - body.count else { throw .bodyTooLarge }
            taken += append(rest, atMost: rest.count)
        }
        return .needsMore
    }

    private mutating func append(_ bytes: Span<UInt8>, atMost countMax: Int) -> Int {
        let count = min(bytes.count, countMax)
        bytes.extracting(0..<count).withUnsafeBufferPointer { body.append(contentsOf: $0) }
        return count
    }

    private func response(_ head: ReceivedResponseHead) -> ClientResponse {
        ClientResponse(status: head.status, fields: head.fields, body: body)
    }
}
