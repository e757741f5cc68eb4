import CipherAPI
import HTTP

extension Response {
    /// Returns 200 with a JSON body that no cache may keep.
    static func json(_ body: [UInt8]) -> Response {
        Response(.ok, fields: jsonFields, body: .bytes(body))
    }

    /// Returns 200 with bytes that no cache may keep.
    static func bytes(_ body: [UInt8]) -> Response {
        Response(
            .ok,
            fields: [
                ("Content-Type", "application/octet-stream"), ("Cache-Control", "no-store"),
            ],
            body: .bytes(body))
    }

    /// Returns `{error, code}` with the status of the code.
    static func error(_ fault: CipherFault) -> Response {
        var response = Response(
            Status(code: fault.code.status), fields: jsonFields, body: .bytes(fault.encoded))
        switch fault.code {
        case .unauthorized: response.fields.append(("WWW-Authenticate", "Bearer"))
        case .notReady, .sealed, .stopping, .busy, .keyExhausted:
            response.fields.append(("Retry-After", "1"))
        case .malformed, .crossOrigin, .notFound, .methodNotAllowed, .timeout, .lengthRequired,
            .tooLarge, .unsupportedMediaType, .notAuthentic, .keyRetired, .notText, .internal,
            .unsupported:
            break
        }
        return response
    }

    /// Answers a request that was refused before it reached a route, with the fault's own status.
    static func error(_ fault: HTTPFault) -> Response {
        var response = error(CipherFault(fault))
        response.status = fault.status
        return response
    }

    private static var jsonFields: [(name: StaticString, value: String)] {
        [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    }
}

extension CipherFault {
    init(_ fault: HTTPFault) {
        switch fault {
        case .requestLineMalformed, .targetMalformed, .fieldMalformed, .hostMalformed,
            .lengthMalformed, .framingAmbiguous, .chunkMalformed, .leadingLinesTooMany:
            self.init(.malformed, "the request breaks HTTP/1.1's rules")
        case .methodUnknown, .codingUnknown, .versionUnsupported, .expectationUnknown:
            self.init(.unsupported, "the request asks for a part of HTTP that is not served")
        case .lengthRequired:
            self.init(.lengthRequired, "the request does not say how long its body is")
        case .bodyTooLarge:
            self.init(.tooLarge, "a body holds at most \(CipherLimits.bodyBytesMax) bytes")
        case .requestLineTooLong, .headTooLarge, .fieldsTooMany, .chunkExtensionTooLong,
            .trailerTooLarge:
            self.init(.tooLarge, "the request's head or framing is too large")
        case .headTimeout, .bodyTimeout:
            self.init(.timeout, "the request came too slowly")
        case .connectionsTooMany:
            self.init(.busy, "there are too many connections")
        case .answersTooMany:
            self.init(.busy, "too many answers wait for their readers")
        case .answerFailed:
            self.init(.internal, "a fault inside Cipher")
        }
    }
}
