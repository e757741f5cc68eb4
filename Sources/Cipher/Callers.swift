import CipherAPI
import EventLoop
import HTTP
import Logging
import Program
import RateLimit

/// Who may call: whoever knows the shared secret, or everybody where none is configured.
struct Callers {
    let secret: SharedSecret?
    let log: RateLimitedLog

    /// The same endpoint, for callers with the secret only; 401 for others.
    func only(_ endpoint: any Endpoint) -> any Endpoint {
        guard let secret else { return endpoint }
        return Guarded(endpoint: endpoint, secret: secret, log: log)
    }
}

private struct Guarded: Endpoint {
    let endpoint: any Endpoint
    let secret: SharedSecret
    let log: RateLimitedLog

    func answer(_ request: Request) async throws -> Response {
        guard isKnown(request) else {
            log.log(
                .warning, "refused a caller without the shared secret",
                source: request.peer.network.host,
                naming: ["address": "\(request.peer.host)"])
            throw CipherFault(.unauthorized, "the shared secret is missing or wrong")
        }
        return try await endpoint.answer(request)
    }

    private func isKnown(_ request: Request) -> Bool {
        let isKnown = request.withField("Authorization") { value in
            BearerToken.range(in: value).map { secret.accepts(value.extracting($0)) } ?? false
        }
        return isKnown ?? false
    }
}
