package import Encoding

/// What a client received, complete.
package struct ClientResponse: Sendable {
    package let status: Status
    let fields: Fields
    /// With any chunked coding removed. Empty where `Client.send` handed it to a reader.
    package private(set) var body: [UInt8]

    init(status: Status, fields: Fields, body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Takes the body out.
    mutating func takeBody() -> [UInt8] {
        defer { body = [] }
        return body
    }

    /// The value of that field whatever its case, several joined by ", "; nil where there is none.
    package func field(_ name: StaticString) -> ByteText? {
        fields.value(of: name)
    }
}
