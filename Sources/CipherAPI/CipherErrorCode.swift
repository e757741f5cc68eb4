/// The stable half of Cipher's errors: `{"error": "<English sentence>", "code": "<one of these>"}`.
package enum CipherErrorCode: String, Sendable, CaseIterable {
    /// 400: the request is not what the route reads, or breaks a limit on one of its fields.
    case malformed
    /// 401: the shared secret is missing or wrong.
    case unauthorized
    /// 403: a page asks, which no caller is.
    case crossOrigin = "cross_origin"
    /// 404: no such route.
    case notFound = "not_found"
    /// 405: the route answers other methods.
    case methodNotAllowed = "method_not_allowed"
    /// 408: the request came too slowly.
    case timeout
    /// 411: the request does not say how long its body is.
    case lengthRequired = "length_required"
    /// 413: the body, or a batch's number of items. Less at once will do.
    case tooLarge = "too_large"
    /// 415: the body is not announced as JSON.
    case unsupportedMediaType = "unsupported_media_type"
    /// 422: tampered with, cut, of another key, another context, or never a content at all.
    case notAuthentic = "not_authentic"
    /// 422: the key version that a content names was retired or forgotten: nothing is known of it.
    case keyRetired = "key_retired"
    /// 422: authentic, but its plaintext is not UTF-8 and so cannot be answered as JSON. Only what
    /// an earlier system sealed can be so; a rewrap of it succeeds, since that shows nothing.
    case notText = "not_text"
    /// 500: a fault of Cipher's own.
    case `internal`
    /// 501, 505 or 417: a part of HTTP that is not served.
    case unsupported
    /// 503: too many connections at once, or answers that nobody reads.
    case busy
    /// 503: the start-up self-test has not passed yet.
    case notReady = "not_ready"
    /// 503: the current key has sealed as often as a key may. Its operator must rotate.
    case keyExhausted = "key_exhausted"
    /// 503: the process is going down.
    case stopping

    /// The HTTP status a whole request with this error is answered with.
    package var status: Int {
        switch self {
        case .malformed: 400
        case .unauthorized: 401
        case .crossOrigin: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .timeout: 408
        case .lengthRequired: 411
        case .tooLarge: 413
        case .unsupportedMediaType: 415
        case .notAuthentic, .keyRetired, .notText: 422
        case .internal: 500
        case .unsupported: 501
        case .busy, .notReady, .keyExhausted, .stopping: 503
        }
    }
}
