internal import Encoding

/// The query of a request target, as it was sent. It was checked when the request came in: every
/// escape in it is whole, and what it decodes to is UTF-8 without NUL.
package struct Query: Sendable {
    private let bytes: [UInt8]
    private let range: Range<Int>

    /// `bytes` are shared with whoever holds the head; no copy is made.
    init(checked bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
    }

    /// Still encoded and without its "?".
    package var text: String { String(copying: bytes.span.extracting(range)) }

    package var parameters: QueryParameters { QueryParameters(in: bytes, range) }

    static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        PercentEncoding.isPlain(bytes, range)
            || PercentEncoding.decode(bytes, range) != nil
    }
}

/// Queries are the same where they were sent the same, escapes and order included.
extension Query: Hashable {
    package static func == (one: Query, other: Query) -> Bool {
        one.bytes.span.extracting(one.range).equals(other.bytes.span.extracting(other.range))
    }

    package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
        hasher.combine(range.count)
    }
}
