import CipherAPI
import HTTP
import Logging
import Program

/// Who may call: whoever knows the shared secret, or everybody where none is configured.
struct Callers {
    let secret: Secret?
    let logger: Logger

    /// The same endpoint, for callers with the secret only; 401 for others.
    func only(_ endpoint: any Endpoint) -> any Endpoint {
        guard let secret else { return endpoint }
        return Guarded(endpoint: endpoint, secret: secret, logger: logger)
    }
}

private struct Guarded: Endpoint {
    let endpoint: any Endpoint
    let secret: Secret
    let logger: Logger

    func answer(_ request: Request) async throws -> Response {
        guard isKnown(request) else {
            logger.warning("refused a caller without the shared secret")
            throw CipherFault(.unauthorized, "the shared secret is missing or wrong")
        }
        return try await endpoint.answer(request)
    }

    /// `Authorization: Bearer <secret>` (RFC 6750 §2.1; the scheme in any case, RFC 9110 §11.1).
    private func isKnown(_ request: Request) -> Bool {
        guard let value = request.field("Authorization") else { return false }
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        return secret.equals(Array(parts[1].utf8).span)
    }
}
