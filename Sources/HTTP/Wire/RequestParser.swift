import EventLoop

/// Parses the requests of a connection, one after the other, without I/O. Do not use it after an
/// error, because the start of the next request is unknown then.
struct RequestParser {
    enum Outcome {
        /// More bytes are needed.
        case needsMore
        /// More bytes are needed, and the client sends them after it has read "100 Continue".
        case awaitsContinue
        case request(Request, keepsAlive: Bool)
        /// The endpoint reads the body while it arrives. The bytes that were not taken begin it.
        case streamed(Request, StreamedFraming)
    }

    /// The framing of a body that its endpoint reads.
    struct StreamedFraming {
        let length: Int
        let keepsAlive: Bool
        let awaitsContinue: Bool
    }

    /// The states of a body are indirect, because most of the time a connection waits for a head.
    private enum State {
        case head(HeadScanner)
        indirect case sized(RequestHead)
        indirect case chunked(RequestHead, ChunkedDecoder)
        indirect case refused(RequestHead)
    }

    /// The memory reserved for a body before it arrives. Announcements cost a client nothing.
    private static let announcedBytesMax = 64 << 10

    private let peer: SocketAddress
    private let presence: PeerPresence?
    private var state = State.head(HeadScanner())
    /// The received body. The caller may append further bytes while `readsBodyUnparsed`.
    var body: [UInt8] = []
    private var awaitsContinue = false

    /// - Parameter presence: Is nil for bytes that come over no connection.
    init(peer: SocketAddress, presence: PeerPresence? = nil) {
        self.peer = peer
        self.presence = presence
    }

    /// The number of received bytes of an incomplete body.
    var bodyByteCount: Int { body.count }

    /// Whether the head is complete and the body is not, so that the body's time runs.
    var isInBody: Bool {
        switch state {
        case .head, .refused: false
        case .sized, .chunked: true
        }
    }

    /// Whether the next bytes are the body's as they stand, so that they can be read into `body`
    /// without a copy.
    var readsBodyUnparsed: Bool { bodyLength != nil }

    /// Whether a body that was read unparsed is complete.
    var hasWholeBody: Bool { bodyLength.map { body.count >= $0 } ?? false }

    private var bodyLength: Int? {
        guard case .sized(let head) = state, case .success(.length(let length)) = head.framing
        else { return nil }
        return length
    }

    /// Removes and returns the bytes that were read into `body` behind its end.
    mutating func takeSurplus() -> [UInt8] {
        guard let bodyLength, body.count > bodyLength else { return [] }
        defer { body.removeLast(body.count - bodyLength) }
        return Array(body[bodyLength...])
    }

    /// The request whose body is incomplete or refused, without the body. Nil if no head was valid.
    var requestWithoutBody: Request? {
        switch state {
        case .head: nil
        case .sized(let head), .chunked(let head, _), .refused(let head):
            Request(head: head, body: [], peer: peer, presence: presence)
        }
    }

    /// Parses further bytes. `input` are all received bytes that were not taken. The caller removes
    /// the first `taken` of them afterwards.
    mutating func parse(
        _ input: Span<UInt8>, _ limits: Limits, taken: inout Int
    ) throws(HTTPFault) -> Outcome {
        taken = 0
        if case .head(var scanner) = state {
            guard let end = try scanner.end(in: input, limits) else {
                state = .head(scanner)
                return .needsMore
            }
            taken = end
            let head = try RequestHead(
                parsing: input.extracting(scanner.start..<end), limits)
            let framing = head.framing
            switch framing {
            case .success(.length(0)): return finish(consume head)
            case .success(.length(let length))
            where head.method == .put && limits.streamedBodyBytesMax > 0:
                let framing = StreamedFraming(
                    length: length, keepsAlive: head.keepsAlive,
                    awaitsContinue: head.expectsContinue && end == input.count)
                state = .head(HeadScanner())
                let request = Request(head: head, body: [], peer: peer, presence: presence)
                return .streamed(request, framing)
            case .success(let framing): enterBody(head, framing, hasArrived: end < input.count)
            case .failure(let fault):
                state = .refused(head)
                throw fault
            }
        }
        return try parseBody(input, limits, taken: &taken)
    }

    private mutating func enterBody(
        _ head: RequestHead, _ framing: BodyFraming, hasArrived: Bool
    ) {
        awaitsContinue = head.expectsContinue && !hasArrived
        switch framing {
        case .length(let length):
            body.reserveCapacity(min(length, RequestParser.announcedBytesMax))
            state = .sized(head)
        case .chunked:
            state = .chunked(head, ChunkedDecoder())
        }
    }

    private mutating func parseBody(
        _ input: Span<UInt8>, _ limits: Limits, taken: inout Int
    ) throws(HTTPFault) -> Outcome {
        let rest = input.extracting(taken..<input.count)
        switch state {
        case .head, .refused:
            return .needsMore
        case .sized(let head):
            guard case .success(.length(let length)) = head.framing else { return .needsMore }
            let count = min(length - body.count, rest.count)
            rest.extracting(0..<count).withUnsafeBufferPointer { body.append(contentsOf: $0) }
            taken += count
            if body.count == length { return finish(head) }
        case .chunked(let head, var decoder):
            taken += try decoder.decode(rest, limits, appendingTo: &body)
            if decoder.isDone { return finish(head) }
            state = .chunked(head, decoder)
        }
        defer { awaitsContinue = false }
        return awaitsContinue ? .awaitsContinue : .needsMore
    }

    private mutating func finish(_ head: consuming RequestHead) -> Outcome {
        let keepsAlive = head.keepsAlive
        let request = Request(head: head, body: body, peer: peer, presence: presence)
        body = []
        awaitsContinue = false
        state = .head(HeadScanner())
        return .request(request, keepsAlive: keepsAlive)
    }
}
