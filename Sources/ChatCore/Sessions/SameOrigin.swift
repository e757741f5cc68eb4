import Encoding
import HTTP

/// Whether a request that only a cookie speaks for was made by a page of this origin. The browser
/// says so itself: `Sec-Fetch-Site` (Fetch Metadata), or `Origin` (RFC 6454) compared with `Host`.
enum SameOrigin {
    static func holds(for request: Request) -> Bool {
        let site = request.withField("Sec-Fetch-Site") { $0.equals("same-origin") }
        let origin = request.field("Origin").map { isAsked($0, request.authority) }
        switch (site, origin) {
        case (nil, nil): return false
        case (let one?, nil), (nil, let one?): return one
        case (let one?, let other?): return one && other
        }
    }

    /// Whether nothing says what page made the request, as with clients that are no browser.
    static func isUntold(by request: Request) -> Bool {
        !request.hasField("Sec-Fetch-Site") && !request.hasField("Origin")
    }

    /// Whether `https://host:port` names the host and port that were asked; a scheme's own port may
    /// be left out on either side. `null` and whatever else is no origin does not.
    private static func isAsked(_ origin: ByteText, _ authority: ByteText?) -> Bool {
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
