/// The first request of every new connection. Other requests follow only if its response is
/// accepted.
///
/// So nothing reaches a host, or another process behind the same address, before it has proved its
/// identity.
package struct ConnectionCheck: Sendable {
    package typealias Fields = [(name: StaticString, value: String)]

    let target: String
    let fields: @Sendable () -> Fields
    let accepts: @Sendable (ClientResponse) async -> Bool

    /// - Parameters:
    ///   - target: The target of the GET request.
    ///   - fields: Returns the request's fields. Called for each connection.
    ///   - accepts: Returns whether the connection may be used. If not, requests fail with
    ///     `ClientFault.refused`.
    package init(
        target: String, fields: @escaping @Sendable () -> Fields,
        accepts: @escaping @Sendable (ClientResponse) async -> Bool
    ) {
        self.target = target
        self.fields = fields
        self.accepts = accepts
    }
}
