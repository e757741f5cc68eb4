/// The first request of every new connection. Other requests follow only if its response is
/// accepted.
///
/// So nothing reaches a host, or another process behind the same address, before it has proved its
/// identity.
package struct ConnectionCheck: Sendable {
    package typealias Fields = [(name: StaticString, value: String)]

    /// The reason that a check gave for its refusal, as `ClientFault.refused` hands it back.
    package struct Refusal: Sendable, Equatable {
        package let reason: any Error

        /// Compares the reasons' descriptions.
        package static func == (one: Refusal, other: Refusal) -> Bool {
            "\(one.reason)" == "\(other.reason)"
        }
    }

    let target: String
    let fields: @Sendable () -> Fields
    let verify: @Sendable (ClientResponse) async throws -> Void

    /// - Parameters:
    ///   - target: The target of the GET request.
    ///   - fields: Returns the request's fields. Called for each connection.
    ///   - verify: Throws the reason if the connection must not be used. Requests then fail with
    ///     `ClientFault.refused`.
    package init(
        target: String, fields: @escaping @Sendable () -> Fields,
        verify: @escaping @Sendable (ClientResponse) async throws -> Void
    ) {
        self.target = target
        self.fields = fields
        self.verify = verify
    }
}
