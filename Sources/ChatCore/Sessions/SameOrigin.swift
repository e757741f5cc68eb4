import Encoding
import HTTP

/// Tells whether a page of this origin made a request, for requests with only a cookie. It reads
/// the browser's `Sec-Fetch-Site` (Fetch Metadata), or compares `Origin` (RFC 6454) with `Host`.
enum SameOrigin {
    static func isConfirmed(for request: Request) -> Bool {
        let site = request.withField("Sec-Fetch-Site") { $0.equals("same-origin") }
        let origin = request.field("Origin").map { matchesAuthority($0, request.authority) }
        switch (site, origin) {
        case (nil, nil): return false
        case (let one?, nil), (nil, let one?): return one
        case (let one?, let other?): return one && other
        }
    }

    /// Returns whether the request names no page at all, as clients other than browsers do.
    static func isUnstated(by request: Request) -> Bool {
        !request.hasField("Sec-Fetch-Site") && !request.hasField("Origin")
    }

    /// Returns whether the origin `https://host:port` is the host and port of the request. Either
    /// side may omit the scheme's default port. `null` and other texts are no origin.
    private static func matchesAuthority(_ origin: ByteText, _ authority: ByteText?) -> Bool {
        guard let authority = authority?.asciiLowercased else { return false }
        let origin = origin.asciiLowercased
        for (scheme, port) in Self.schemes where origin.hasPrefix(scheme) {
            let named = origin.droppingFirst(scheme.utf8CodeUnitCount)
            return !named.isEmpty && without(port, named) == without(port, authority)
        }
        return false
    }

    private static let schemes: [(scheme: StaticString, port: StaticString)] = [
        ("http://", ":80"), ("https://", ":443"),
    ]

    private static func without(_ port: StaticString, _ authority: ByteText) -> ByteText {
        authority.droppingSuffix(port)
    }
}
