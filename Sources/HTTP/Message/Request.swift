/// A request whose framing, target and fields have been found sound.
package struct Request: Sendable {
    package let method: Method
    package let version: Version
    /// Percent-decoded, beginning with "/" and without "." or ".." segments; for `OPTIONS *` it is
    /// "*", and for CONNECT the authority.
    package let path: String
    package let query: Query
    package let fields: Fields
    /// Complete, with any chunked coding removed.
    package internal(set) var body: [UInt8]
    /// What the route's `{names}` stand for in this path, percent-decoded.
    package var parameters: [String: String] = [:]

    /// Where the path lies in the head, for the router; nil where `path` is the same text.
    private let escapedPath: Range<Int>?

    private let authorityRange: Range<Int>?

    init(head: RequestHead, body: [UInt8]) {
        method = head.method
        version = head.version
        path = head.target.path
        query = Query(checked: head.fields.bytes, head.target.query)
        fields = head.fields
        self.body = body
        escapedPath = head.target.escapedPath
        authorityRange = head.authority
    }

    /// The host and port that are asked, as sent: those of an absolute target, else of Host.
    package var authority: String? { authorityRange.map(text) }

    /// The path as it was sent: in it an escaped slash is not yet a separator.
    package var encodedPath: String {
        escapedPath.map(text) ?? path
    }

    /// The value of that field whatever its case, several joined by ", "; nil where there is none.
    package func field(_ name: StaticString) -> String? {
        fields.value(of: name)
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: fields.bytes[range], as: UTF8.self)
    }
}
