/// A status code (RFC 9110 §15, RFC 6585).
package struct Status: Sendable, Hashable {
    /// 100 through 999.
    package let code: Int

    package init(code: Int) {
        precondition((100...999).contains(code), "a status code has three digits")
        self.code = code
    }

    package static let `continue` = Status(code: 100)
    package static let ok = Status(code: 200)
    package static let noContent = Status(code: 204)
    package static let partialContent = Status(code: 206)
    package static let notModified = Status(code: 304)
    package static let permanentRedirect = Status(code: 308)
    package static let badRequest = Status(code: 400)
    package static let unauthorized = Status(code: 401)
    package static let forbidden = Status(code: 403)
    package static let notFound = Status(code: 404)
    package static let methodNotAllowed = Status(code: 405)
    package static let requestTimeout = Status(code: 408)
    package static let conflict = Status(code: 409)
    package static let gone = Status(code: 410)
    package static let lengthRequired = Status(code: 411)
    package static let contentTooLarge = Status(code: 413)
    package static let uriTooLong = Status(code: 414)
    package static let unsupportedMediaType = Status(code: 415)
    package static let expectationFailed = Status(code: 417)
    package static let tooManyRequests = Status(code: 429)
    package static let fieldsTooLarge = Status(code: 431)
    package static let internalServerError = Status(code: 500)
    package static let notImplemented = Status(code: 501)
    package static let serviceUnavailable = Status(code: 503)
    package static let versionNotSupported = Status(code: 505)
    package static let insufficientStorage = Status(code: 507)

    var isSuccess: Bool { (200...299).contains(code) }

    /// Whether the status excludes content and Content-Length (RFC 9110 §8.6, §15.4.5).
    var forbidsContent: Bool { code < 200 || code == 204 || code == 304 }

    /// The reason phrase. Empty for a status that no code here sends.
    var phrase: StaticString {
        switch code {
        case 100: "Continue"
        case 200: "OK"
        case 204: "No Content"
        case 206: "Partial Content"
        case 304: "Not Modified"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        case 507: "Insufficient Storage"
        default: ""
        }
    }
}
