package import Encoding

/// What a client received, complete.
package struct ClientResponse: Sendable {
    package let status: Status
    let fields: Fields
    /// With any chunked coding removed.
    package let body: [UInt8]

    /// The value of that field whatever its case, several joined by ", "; nil where there is none.
    package func field(_ name: StaticString) -> ByteText? {
        fields.value(of: name)
    }
}
