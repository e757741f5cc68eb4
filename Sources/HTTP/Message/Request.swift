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
    let escapedPath: Range<Int>?

    init(method: Method, version: Version, target: Target, fields: Fields, body: [UInt8]) {
        self.method = method
        self.version = version
        self.path = target.path
        self.query = Query(checked: fields.bytes, target.query)
        self.fields = fields
        self.body = body
        self.escapedPath = target.escapedPath
    }

    /// The path as it was sent: in it an escaped slash is not yet a separator.
    package var encodedPath: String {
        escapedPath.map { String(decoding: fields.bytes[$0], as: UTF8.self) } ?? path
    }

    /// The value of that field whatever its case, several joined by ", "; nil where there is none.
    package func field(_ name: StaticString) -> String? {
        fields.value(of: name)
    }
}
