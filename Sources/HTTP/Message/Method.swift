/// The request methods this server knows (RFC 9110 §9, RFC 5789). Any other is answered with 501.
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

    /// Doing it twice has the effect of doing it once (RFC 9110 §9.2.2), so it may be sent again.
    var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        case .post, .patch, .connect: false
        }
    }

    /// Whether a request of this method is expected to carry content, so that one in HTTP/1.0
    /// has to say how long it is (RFC 1945 §8.3).
    var expectsContent: Bool {
        switch self {
        case .post, .put, .patch: true
        case .get, .head, .delete, .options, .trace, .connect: false
        }
    }
}

/// The protocol versions that are spoken.
package enum Version: Sendable {
    case http10
    case http11
}
