/// The registered request methods (IANA's HTTP Method Registry).
///
/// Routes use those of RFC 9110 §9 and RFC 5789 alone. Others are answered with 405, and
/// unregistered ones with 501.
package enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    case trace = "TRACE"
    case connect = "CONNECT"

    case acl = "ACL"
    case baselineControl = "BASELINE-CONTROL"
    case bind = "BIND"
    case checkIn = "CHECKIN"
    case checkOut = "CHECKOUT"
    case copy = "COPY"
    case label = "LABEL"
    case link = "LINK"
    case lock = "LOCK"
    case merge = "MERGE"
    case makeActivity = "MKACTIVITY"
    case makeCalendar = "MKCALENDAR"
    case makeCollection = "MKCOL"
    case makeRedirectReference = "MKREDIRECTREF"
    case makeWorkspace = "MKWORKSPACE"
    case move = "MOVE"
    case orderPatch = "ORDERPATCH"
    case pri = "PRI"
    case propFind = "PROPFIND"
    case propPatch = "PROPPATCH"
    case query = "QUERY"
    case rebind = "REBIND"
    case report = "REPORT"
    case search = "SEARCH"
    case unbind = "UNBIND"
    case unCheckOut = "UNCHECKOUT"
    case unlink = "UNLINK"
    case unlock = "UNLOCK"
    case update = "UPDATE"
    case updateRedirectReference = "UPDATEREDIRECTREF"
    case versionControl = "VERSION-CONTROL"

    /// Whether a repetition has no further effect (RFC 9110 §9.2.2), so that the request may be
    /// sent again.
    var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        // No client here sends other methods.
        case _: false
        }
    }

    /// Whether a request of this method is expected to have content. In HTTP/1.0 such a request
    /// must state its length (RFC 1945 §8.3).
    var expectsContent: Bool {
        switch self {
        case .post, .put, .patch: true
        case _: false
        }
    }
}

/// The supported protocol versions.
package enum Version: Sendable {
    case http10
    case http11
}
