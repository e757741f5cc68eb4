package import Encoding

/// One browser's subscription to push messages (Push API §3).
package struct PushSubscription: Sendable, Equatable {
    /// The URL that the browser's push service gave. Only the service and this server know it.
    package let endpoint: ByteText
    /// The browser's public key, in URL-safe base64.
    package let publicKey: ByteText
    /// The browser's authentication secret, in URL-safe base64.
    package let authentication: ByteText
    /// Names the session that subscribed, among those of the user.
    package let session: ByteText

    package init(
        endpoint: ByteText, publicKey: ByteText, authentication: ByteText, session: ByteText
    ) {
        self.endpoint = endpoint
        self.publicKey = publicKey
        self.authentication = authentication
        self.session = session
    }
}

/// The subscriptions of one user, the oldest first. They are kept as JSON, because 100,000 are in
/// memory and few are ever read.
package struct PushSubscriptions: Sendable, Equatable {
    /// The largest number of one user's subscriptions. A further one takes the oldest's place.
    package static let perUserMax = 5

    /// The records with commas between them.
    private var records: [UInt8] = []
    package private(set) var count = 0

    package init() {}

    package init(_ list: [PushSubscription]) {
        guard !list.isEmpty else { return }
        var writer = JSONWriter(capacity: 384 * list.count)
        for subscription in list { subscription.write(to: &writer) }
        records = writer.bytes
        count = list.count
    }

    package var isEmpty: Bool { count == 0 }

    package var list: [PushSubscription] {
        guard !isEmpty else { return [] }
        var scanner = JSONScanner()
        var list: [PushSubscription] = []
        repeat {
            guard let next = try? PushSubscription(&scanner, in: records.span) else { break }
            list.append(next)
        } while scanner.skip(",", in: records.span)
        precondition(list.count == count, "subscriptions are not as they were written")
        return list
    }

    /// Adds the newest subscription, in place of an earlier one of the same endpoint.
    package mutating func add(_ subscription: PushSubscription) {
        let others = list.filter { $0.endpoint != subscription.endpoint }
        self = PushSubscriptions(others.suffix(Self.perUserMax - 1) + [subscription])
    }

    package mutating func remove(_ endpoints: [ByteText]) {
        guard !isEmpty else { return }
        self = PushSubscriptions(list.filter { !endpoints.contains($0.endpoint) })
    }

    package func contains(_ endpoint: ByteText) -> Bool {
        list.contains { $0.endpoint == endpoint }
    }

    /// Writes the records as an array.
    func write(to writer: inout JSONWriter) {
        writer.beginArray()
        if !isEmpty { writer.raw(records) }
        writer.endArray()
    }
}

extension PushSubscription {
    /// Writes `{"endpoint":"…","p256dh":"…","auth":"…","session":"…"}`.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("endpoint", endpoint)
        writer.field("p256dh", publicKey)
        writer.field("auth", authentication)
        writer.field("session", session)
        writer.endObject()
    }

    /// Reads the record at the scanner's offset, and moves the scanner past it.
    init(_ scanner: inout JSONScanner, in bytes: Span<UInt8>) throws(JSONFault) {
        try scanner.expect("{\"endpoint\":", in: bytes)
        endpoint = try scanner.string(in: bytes)
        try scanner.expect(",\"p256dh\":", in: bytes)
        publicKey = try scanner.string(in: bytes)
        try scanner.expect(",\"auth\":", in: bytes)
        authentication = try scanner.string(in: bytes)
        try scanner.expect(",\"session\":", in: bytes)
        session = try scanner.string(in: bytes)
        try scanner.expect("}", in: bytes)
    }
}

extension PushSubscriptions {
    /// Reads the member of an edited file. Nil unless the store could have written it.
    init?(_ value: JSONValue?) {
        guard let value else {
            self.init()
            return
        }
        guard let array = value.array, (1...Self.perUserMax).contains(array.count) else {
            return nil
        }
        let list = array.compactMap { PushSubscription($0) }
        guard list.count == array.count, Set(list.map(\.endpoint)).count == list.count else {
            return nil
        }
        self.init(list)
    }

    /// Reads the array at the scanner's offset, and moves the scanner past it.
    init(_ scanner: inout JSONScanner, in bytes: Span<UInt8>) throws(JSONFault) {
        let start = scanner.offset
        let list = try scanner.list(in: bytes) { scanner throws(JSONFault) in
            try PushSubscription(&scanner, in: bytes)
        }
        guard (1...Self.perUserMax).contains(list.count),
            Set(list.map(\.endpoint)).count == list.count
        else { throw JSONFault(offset: start, problem: .unexpectedByte) }
        self.init(list)
    }
}

extension PushSubscription {
    fileprivate init?(_ value: JSONValue) {
        guard let object = value.object, object.members.count == 4,
            let endpoint = object["endpoint"]?.text, let key = object["p256dh"]?.text,
            let authentication = object["auth"]?.text, let session = object["session"]?.text
        else { return nil }
        self.init(
            endpoint: endpoint, publicKey: key, authentication: authentication, session: session)
    }
}
