import HTTP

/// Whether a request that only a cookie speaks for was made by a page of this origin. The browser
/// says so itself: `Sec-Fetch-Site` (Fetch Metadata), or `Origin` (RFC 6454) compared with `Host`.
enum SameOrigin {
    static func holds(for request: Request) -> Bool {
        let site = request.field("Sec-Fetch-Site").map { $0 == "same-origin" }
        let origin = request.field("Origin").map { isAsked($0, request.authority) }
        switch (site, origin) {
        case (nil, nil): return false
        case (let one?, nil), (nil, let one?): return one
        case (let one?, let other?): return one && other
        }
    }

    /// Whether `https://host:port` names the host and port that were asked; a scheme's own port may
    /// be left out on either side. `null` and whatever else is no origin does not.
    private static func isAsked(_ origin: String, _ authority: String?) -> Bool {
        let origin = origin.lowercased()
        guard let authority = authority?.lowercased() else { return false }
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")]
        where origin.hasPrefix(scheme) {
            let named = String(origin.dropFirst(scheme.count))
            return !named.isEmpty && without(port, named) == without(port, authority)
        }
        return false
    }

    private static func without(_ port: String, _ authority: String) -> Substring {
        authority.hasSuffix(port) ? authority.dropLast(port.count) : authority[...]
    }
}
