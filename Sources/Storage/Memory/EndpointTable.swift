internal import Encoding

/// The owner of each push endpoint, by a 64-bit keyed hash of it: two endpoints among 100,000 have
/// the same one once in 10⁹ starts.
struct EndpointTable: Sendable {
    private var owners: [UInt64: UInt32] = [:]

    /// The number of all users' subscriptions.
    var count: Int { owners.count }

    func owner(of endpoint: ByteText) -> UInt32? { owners[IdentifierHash.of(endpoint)] }

    mutating func replace(
        _ before: PushSubscriptions, with after: PushSubscriptions, of number: UInt32
    ) {
        for subscription in before.list { owners[IdentifierHash.of(subscription.endpoint)] = nil }
        for subscription in after.list { owners[IdentifierHash.of(subscription.endpoint)] = number }
    }
}
