package import Encoding
package import EventLoop
package import Metrics
import Synchronization

/// A request with valid framing, target and fields.
package struct Request: Sendable {
    /// The received values in one object, so that a request is passed on as one reference.
    private final class Received: ServedRequest {
        static let count = Atomic(0)

        let number: Int
        let head: RequestHead
        let body: [UInt8]
        let peer: SocketAddress
        /// Is nil for a request that came over no connection.
        let presence: PeerPresence?
        /// Is nil until the request has waited: most polls never do.
        private let times = AtomicLazyReference<WaitedTimes>()

        init(
            _ head: consuming RequestHead, _ body: [UInt8], _ peer: SocketAddress,
            _ presence: PeerPresence?
        ) {
            number = Request.takeNumber()
            self.head = head
            self.body = body
            self.peer = peer
            self.presence = presence
        }

        init(withoutBody other: Received) {
            (number, head, body) = (other.number, other.head, [])
            (peer, presence) = (other.peer, other.presence)
            if let waited = other.times.load() { _ = times.storeIfNil(waited) }
        }

        func spent(_ nanoseconds: Int, on part: RequestPart) {
            let waited = times.load() ?? times.storeIfNil(WaitedTimes())
            waited.parts[part.rawValue].add(nanoseconds)
        }

        func time(spentOn part: RequestPart) -> Int {
            times.load()?.parts[part.rawValue].read() ?? 0
        }
    }

    /// The nanoseconds that a request has waited, by part. The loop writes them.
    private final class WaitedTimes: Sendable {
        let parts = InlineArray<3, Tally> { _ in Tally() }
    }

    /// An object, because it is rarely there and a large request is slow to copy.
    private final class Parameters: Sendable {
        let values: PathParameters

        init(_ values: PathParameters) {
            self.values = values
        }
    }

    private var received: Received
    private var boxedParameters: Parameters?
    package var parameters: PathParameters {
        get { boxedParameters?.values ?? PathParameters() }
        set { boxedParameters = newValue.isEmpty ? nil : Parameters(newValue) }
    }

    /// Whether the client has ended its side of the connection. It may wait for the answer all the
    /// same, so give it a short one. Call it on the loop.
    package var clientHasLeft: Bool { received.presence?.hasEnded ?? false }
    /// Whether the response was held and has to be given now.
    package internal(set) var wasHeld = false

    /// The length of the head in bytes.
    var headByteCount: Int { received.head.fields.bytes.count }
    var bodyByteCount: Int { received.body.count }

    init(
        head: consuming RequestHead, body: [UInt8], peer: SocketAddress,
        presence: PeerPresence? = nil
    ) {
        received = Received(head, body, peer, presence)
    }

    /// Frees the body if it is larger than this.
    mutating func dropBody(over bytesMax: Int) {
        if bodyByteCount > bytesMax { received = Received(withoutBody: received) }
    }

    /// The request's number within this process, for log lines.
    package var number: Int { received.number }
    /// The request for the layers below its endpoint.
    package var served: any ServedRequest { received }

    /// Returns the nanoseconds that it has waited for something.
    package func time(spentOn part: RequestPart) -> Int { received.time(spentOn: part) }

    /// Returns the next number, also for a request that cannot be read.
    package static func takeNumber() -> Int {
        Received.count.add(1, ordering: .relaxed).newValue
    }

    package var method: Method { received.head.method }
    package var version: Version { received.head.version }
    /// Percent-decoded. It begins with "/" and has no "." or ".." segments. For `OPTIONS *` it is
    /// "*", and for CONNECT the authority.
    package var path: ByteText {
        switch received.head.target.path {
        case .plain(let range): text(range)
        case .decoded(let path, _): path
        case .implied(let path): ByteText(path.description)
        }
    }
    package var query: Query {
        Query(received.head.fields.bytes, received.head.target.query)
    }
    var fields: Fields { received.head.fields }
    /// The complete body, without its chunked coding.
    package var body: [UInt8] { received.body }
    /// The other end of the connection, which may be a proxy.
    package var peer: SocketAddress { received.peer }

    /// The requested host and port as sent: of an absolute target, or else of Host.
    package var authority: ByteText? { received.head.authority.map(text) }

    /// The path as sent, in which an escaped slash is not a separator.
    package var encodedPath: ByteText { withEncodedPath { ByteText(repairing: $0) } }

    /// Calls `body` with the bytes of `encodedPath`, without a copy.
    func withEncodedPath<Outcome>(_ body: (Span<UInt8>) -> Outcome) -> Outcome {
        received.head.withEncodedPath(body)
    }

    /// Returns the value of the field, in any case. Several are joined by ", ". Returns nil if
    /// there is none.
    package func field(_ name: StaticString) -> ByteText? {
        received.head.fields.value(of: name)
    }

    package func hasField(_ name: StaticString) -> Bool { fields.first(name) != nil }

    /// Calls `body` with the bytes of the value that `field` returns, without a copy if there is
    /// one value.
    package func withField<Outcome>(
        _ name: StaticString, _ body: (Span<UInt8>) throws -> Outcome
    ) rethrows -> Outcome? {
        try received.head.fields.withValue(of: name, body)
    }

    /// Calls `body` with each value of the field, in order, until it returns a result, and returns
    /// that.
    package func firstField<Found>(
        _ name: StaticString, where body: (Span<UInt8>) -> Found?
    ) -> Found? {
        let fields = received.head.fields
        for range in fields.ranges(of: name) {
            let value = fields.bytes.span.extracting(Int(range.lowerBound)..<Int(range.upperBound))
            if let found = body(value) { return found }
        }
        return nil
    }

    private func text(_ range: Range<Int>) -> ByteText {
        ByteText(repairing: fields.bytes.span.extracting(range))
    }
}

extension Request {
    /// Makes a request as if it had arrived over a connection, for tests of a router without
    /// sockets.
    ///
    /// The target is that of a request line. A missing Host is added. A target or field that no
    /// client could send traps.
    package init(
        _ method: Method, _ target: String, fields: [(name: StaticString, value: String)] = [],
        body: [UInt8] = [], peer: SocketAddress = .ipv4(0x7f00_0001, port: 1)
    ) {
        var head: [UInt8] = []
        head.append(contentsOf: "\(method.rawValue) \(target) HTTP/1.1\r\n".utf8)
        let hasHost = fields.contains { ByteText($0.name.description).asciiLowercased == "host" }
        if !hasHost { head.append(field: "Host", "localhost") }
        for (name, value) in fields { head.append(field: name, value) }
        head.append("\r\n")
        do {
            let parsed = try RequestHead(parsing: head.span, Limits())
            self.init(head: parsed, body: body, peer: peer)
        } catch {
            preconditionFailure("no client sends this: \(error)")
        }
    }
}
