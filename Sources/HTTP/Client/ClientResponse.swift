package import Encoding

/// A complete response.
package struct ClientResponse: Sendable {
    package let status: Status
    let fields: Fields
    /// The body without its chunked coding. It is empty if `Client.send` passed it to a reader.
    package private(set) var body: [UInt8]

    init(status: Status, fields: Fields, body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Removes and returns the body.
    mutating func takeBody() -> [UInt8] {
        defer { body = [] }
        return body
    }

    /// Returns the value of the field, in any case. Several are joined by ", ". Returns nil if
    /// there is none.
    package func field(_ name: StaticString) -> ByteText? {
        fields.value(of: name)
    }
}
