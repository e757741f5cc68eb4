/// The request methods that are registered (IANA's HTTP Method Registry). Routes take those of
/// RFC 9110 §9 and RFC 5789 alone; another is answered with 405, and what nobody registered with
/// 501.
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

    /// Doing it twice has the effect of doing it once (RFC 9110 §9.2.2), so it may be sent again.
    var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        // Others are not sent by anything here.
        case _: false
        }
    }

    /// Whether a request of this method is expected to carry content, so that one in HTTP/1.0
    /// has to say how long it is (RFC 1945 §8.3).
    var expectsContent: Bool {
        switch self {
        case .post, .put, .patch: true
        case _: false
        }
    }
}

/// The protocol versions that are spoken.
package enum Version: Sendable {
    case http10
    case http11
}
