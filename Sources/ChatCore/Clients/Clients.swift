import Encoding
import EventLoop
import HTTP
import Logging
import Synchronization

/// Identifies the client of a request, also behind trusted proxies.
final class Clients: Sendable {
    private let proxies: TrustedProxies
    private let servesHTTPS: Bool
    private let logger: Logger
    private let hasWarned = Atomic(false)

    /// - Parameters:
    ///   - proxies: The peers whose fields about the client count.
    ///   - servesHTTPS: Whether this server itself serves HTTPS.
    ///   - logger: Gets the one warning.
    init(trusting proxies: TrustedProxies, servesHTTPS: Bool = false, logger: Logger) {
        self.proxies = proxies
        self.servesHTTPS = servesHTTPS
        self.logger = logger
    }

    func isTrusted(_ peer: SocketAddress) -> Bool { proxies.contain(peer) }

    /// Returns the client's address. `CF-Connecting-IP` counts only from a trusted proxy, because
    /// any client can send it.
    func address(of request: Request) -> SocketAddress {
        guard let told = request.field("CF-Connecting-IP"), proxies.contain(request.peer) else {
            return request.peer
        }
        return SocketAddress(numeric: told.string, port: 0) ?? request.peer
    }

    /// Returns whether the browser used https to reach this server, or the proxy in front of it.
    func usesHTTPS(_ request: Request) -> Bool {
        // Each proxy on the path may append its scheme. The first one is the browser's.
        let isHTTPS = request.firstField("X-Forwarded-Proto") { schemes in
            schemes.firstPart(separatedBy: UInt8(ascii: ",")) { scheme in
                scheme.extracting(scheme.withoutBlanks(scheme.indices)).equalsIgnoringCase("https")
            }
        }
        guard let isHTTPS, proxies.contain(request.peer) else { return servesHTTPS }
        return isHTTPS
    }

    /// Returns whether browsers trust the origin of the request (W3C Secure Contexts §3.1): it is
    /// reached by https, or is this machine.
    func trustOrigin(of request: Request) -> Bool {
        if usesHTTPS(request) { return true }
        guard let authority = request.authority?.asciiLowercased else { return false }
        return Self.loopbackHosts.contains { host in
            guard authority.hasPrefix(host) else { return false }
            let rest = authority.droppingFirst(host.utf8CodeUnitCount)
            return rest.isEmpty || rest.hasPrefix(":")
        }
    }

    private static let loopbackHosts: [StaticString] = ["localhost", "127.0.0.1", "[::1]"]

    /// Warns once about a peer that sends `CF-Connecting-IP` and is no trusted proxy.
    func warnOfUntrustedProxy(_ request: Request) {
        guard !hasWarned.load(ordering: .relaxed), request.hasField("CF-Connecting-IP"),
            !proxies.contain(request.peer)
        else { return }
        warn(about: request.peer)
    }

    private func warn(about peer: SocketAddress) {
        guard !hasWarned.exchange(true, ordering: .relaxed) else { return }
        logger.warning(
            """
            CF-Connecting-IP counts only from a trusted proxy and was ignored; \
            if this peer is one, name it in --trusted-proxies
            """,
            metadata: ["peer": "\(peer.host)"])
    }
}
