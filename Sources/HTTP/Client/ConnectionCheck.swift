/// What a client asks over every new connection before it sends anything else over it: so that
/// nothing reaches a host, or a process behind the same address, that has not said who it is.
package struct ConnectionCheck: Sendable {
    package typealias Fields = [(name: StaticString, value: String)]

    let target: String
    let fields: @Sendable () -> Fields
    let accepts: @Sendable (ClientResponse) async -> Bool

    /// - Parameters:
    ///   - target: What is fetched by GET.
    ///   - fields: Sent with it, made anew each time.
    ///   - accepts: Whether the connection may be used; `ClientFault.refused` where not.
    package init(
        target: String, fields: @escaping @Sendable () -> Fields,
        accepts: @escaping @Sendable (ClientResponse) async -> Bool
    ) {
        self.target = target
        self.fields = fields
        self.accepts = accepts
    }
}
