/// The reason why a request is refused, mostly before the application sees it.
///
/// Each is answered once, with `Connection: close`. Nothing that follows is read as a request.
package enum HTTPFault: Error, Sendable, Equatable {
    case requestLineMalformed
    case targetMalformed
    case fieldMalformed
    case hostMalformed
    /// Content-Length is not a number, too large, or repeated.
    case lengthMalformed
    /// Content-Length beside Transfer-Encoding, chunked not last or repeated, or any coding in
    /// HTTP/1.0. Request smuggling uses these (RFC 9112 §11.2).
    case framingAmbiguous
    case chunkMalformed
    case leadingLinesTooMany

    case methodUnknown
    case codingUnknown
    case versionUnsupported
    case expectationUnknown
    case lengthRequired

    case requestLineTooLong
    case headTooLarge
    case fieldsTooMany
    case bodyTooLarge
    case chunkExtensionTooLong
    case trailerTooLarge

    case headTimeout
    case bodyTimeout
    /// Too many connections, or too many bytes of incomplete requests (`bodyBytesInAllMax`).
    case connectionsTooMany
    /// Too many bytes of responses wait for their readers (`answerBytesInAllMax`).
    case answersTooMany

    /// A streamed response failed before its first piece.
    case answerFailed

    package var status: Status {
        switch self {
        case .requestLineMalformed, .targetMalformed, .fieldMalformed, .hostMalformed,
            .lengthMalformed, .framingAmbiguous, .chunkMalformed, .leadingLinesTooMany:
            .badRequest
        case .methodUnknown, .codingUnknown: .notImplemented
        case .versionUnsupported: .versionNotSupported
        case .expectationUnknown: .expectationFailed
        case .lengthRequired: .lengthRequired
        case .requestLineTooLong: .uriTooLong
        case .headTooLarge, .fieldsTooMany, .trailerTooLarge: .fieldsTooLarge
        case .bodyTooLarge, .chunkExtensionTooLong: .contentTooLarge
        case .headTimeout, .bodyTimeout: .requestTimeout
        case .connectionsTooMany, .answersTooMany: .serviceUnavailable
        case .answerFailed: .internalServerError
        }
    }
}
