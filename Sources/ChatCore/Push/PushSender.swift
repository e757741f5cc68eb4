import Encoding
import EventLoop
import HTTP
import TLS
import WebPush

/// Sends one request to a push service. Its name is looked up once, and only a public address is
/// connected to. The service proves itself by a certificate.
struct PushSender: Sendable {
    typealias Result = DeliveryQueue<PushDelivery.Message>.Result

    /// From the lookup to the last byte of the response.
    static let timeMax: Duration = .seconds(15)
    static let connectTimeMax: Duration = .seconds(5)
    private static let responseBytesMax = 16 << 10

    let loop: EventLoop
    let lookups: NameLookups
    let authorities: PushAuthorities

    /// Returns how it ended. A redirect counts as a refusal.
    func send(
        _ body: [UInt8], to endpoint: PushEndpoint,
        fields: [(name: StaticString, value: String)]
    ) async -> Result {
        let deadline = MonotonicTime.current() + Self.timeMax
        let addresses = await addresses(of: endpoint)
        guard !addresses.isEmpty,
            let client = await authorities.client(of: endpoint.host.string)
        else { return .failed(after: nil) }
        var limits = ClientLimits()
        limits.connectTimeMax = Self.connectTimeMax
        limits.response.bodyBytesMax = Self.responseBytesMax
        let request = SingleRequest(
            .post, endpoint.target.string, authority: endpoint.origin.droppingFirst(8).string,
            fields: fields, body: body)
        do throws(ClientFault) {
            let response = try await request.send(
                to: addresses, loop: loop, limits: limits,
                handshake: { socket, deadline throws(SocketFault) in
                    try await client.secure(socket, until: deadline)
                }, until: deadline)
            return Self.result(of: response)
        } catch { return .failed(after: nil) }
    }

    private static func result(of response: ClientResponse) -> Result {
        switch response.status.code {
        case 200...299: return .delivered
        case 404, 410: return .gone
        case 429, 500...599:
            // A date instead of seconds counts as none.
            let seconds = response.field("Retry-After").flatMap { Int($0.string) }
            return .failed(after: seconds.map { .seconds(min(max($0, 0), 86_400)) })
        case let code: return .refused(status: code)
        }
    }

    /// Returns the addresses that may be connected to. Those of private networks are left out.
    private func addresses(of endpoint: PushEndpoint) async -> [SocketAddress] {
        let (host, port) = (endpoint.host.string, endpoint.port)
        if let address = SocketAddress(numeric: host, port: port) {
            return endpoint.access == .anyAddress || PublicAddress.isPublic(address)
                ? [address] : []
        }
        return await lookups.addresses(of: host, port: port).filter { PublicAddress.isPublic($0) }
    }
}
