/// The stable part of Cipher's errors: `{"error": "<English sentence>", "code": "<one of these>"}`.
package enum CipherErrorCode: String, Sendable, CaseIterable {
    /// 400: the request has another form than the route reads, or breaks a limit on a field.
    case malformed
    /// 401: the shared secret is missing or wrong.
    case unauthorized
    /// 403: the request comes from a web page.
    case crossOrigin = "cross_origin"
    /// 404: no such route.
    case notFound = "not_found"
    /// 405: the route answers other methods.
    case methodNotAllowed = "method_not_allowed"
    /// 408: the request came too slowly.
    case timeout
    /// 411: the request does not say how long its body is.
    case lengthRequired = "length_required"
    /// 413: the body is too long, or a batch has too many items.
    case tooLarge = "too_large"
    /// 415: the body is not announced as JSON.
    case unsupportedMediaType = "unsupported_media_type"
    /// 422: the content was tampered with or cut, or it has another key or context.
    case notAuthentic = "not_authentic"
    /// 422: the key version that a content names was retired or forgotten.
    case keyRetired = "key_retired"
    /// 422: authentic, but its plaintext is not UTF-8, which JSON cannot carry. Only contents of an
    /// earlier system can be so. A rewrap succeeds, since it shows no plaintext.
    case notText = "not_text"
    /// 500: a fault inside Cipher.
    case `internal`
    /// 501, 505 or 417: a part of HTTP that is not served.
    case unsupported
    /// 503: too many connections, or too many answers that wait for their readers.
    case busy
    /// 503: the start-up self-test has not passed yet.
    case notReady = "not_ready"
    /// 503: the key ring is sealed. The operator must unseal it.
    case sealed
    /// 503: the current key has sealed as often as a key may, or its count was lost. The operator
    /// must rotate or recount.
    case keyExhausted = "key_exhausted"
    /// 503: the process is stopping.
    case stopping

    /// The HTTP status of an answer with this error.
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
        case .busy, .notReady, .sealed, .keyExhausted, .stopping: 503
        }
    }
}
