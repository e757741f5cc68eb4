import HTTP

/// Whether a request that only a cookie speaks for was made by a page of this origin. The browser
/// says so itself: `Sec-Fetch-Site` (Fetch Metadata), or `Origin` (RFC 6454) compared with `Host`.
enum SameOrigin {
    static func holds(for request: Request) -> Bool {
        let site = request.field("Sec-Fetch-Site").map { $0 == "same-origin" }
        let origin = request.field("Origin").map { hostAndPort($0) == authority(of: request) }
        switch (site, origin) {
        case (nil, nil): return false
        case (let one?, nil), (nil, let one?): return one
        case (let one?, let other?): return one && other
        }
    }

    private static func authority(of request: Request) -> String? {
        request.authority?.lowercased()
    }

    /// Of `https://host:port`; nil for `null` and whatever else is no origin.
    private static func hostAndPort(_ origin: String) -> String? {
        let lowercased = origin.lowercased()
        for scheme in ["http://", "https://"] where lowercased.hasPrefix(scheme) {
            let rest = lowercased.dropFirst(scheme.count)
            return rest.isEmpty || rest.contains("/") ? nil : String(rest)
        }
        return nil
    }
}
