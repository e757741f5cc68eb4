/// Why a request is refused, mostly before the application sees it. Each is answered once, with
/// `Connection: close`, and nothing that follows it is read as a request.
package enum HTTPFault: Error, Sendable, Equatable {
    case requestLineMalformed
    case targetMalformed
    case fieldMalformed
    case hostMalformed
    /// Content-Length is not digits, too large for a number, or there twice.
    case lengthMalformed
    /// Content-Length beside Transfer-Encoding, chunked not last or twice, or any coding in 1.0:
    /// what request smuggling is made of (RFC 9112 §11.2).
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
    /// Or too much coming in on them (`bodyBytesInAllMax`).
    case connectionsTooMany
    /// Too many wait for their readers (`answerBytesInAllMax`).
    case answersTooMany

    /// The stream of an answer failed before its first piece.
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
