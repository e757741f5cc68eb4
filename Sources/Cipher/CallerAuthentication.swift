import CipherAPI
import EventLoop
import HTTP
import Logging
import Program
import RateLimit

/// Admits callers that present the shared secret, or all callers where none is configured.
struct CallerAuthentication {
    let secret: SharedSecret?
    let log: RateLimitedLog
    let logger: Logger

    /// Returns the endpoint behind a check of the secret, which answers 401 without it.
    func requiringSecret(_ endpoint: any Endpoint) -> any Endpoint {
        guard let secret else { return endpoint }
        return AuthenticatedEndpoint(endpoint: endpoint, secret: secret, log: log, logger: logger)
    }
}

private struct AuthenticatedEndpoint: Endpoint {
    let endpoint: any Endpoint
    let secret: SharedSecret
    let log: RateLimitedLog
    let logger: Logger

    func answer(_ request: Request) async throws -> Response {
        // ChatCore asks for the keys every second. So a rotation needs no signal here.
        secret.reloadIfChanged(logger: logger)
        guard presentsSecret(request) else {
            log.log(
                .warning, "refused a caller without the shared secret",
                source: request.peer.network.host,
                naming: ["address": "\(request.peer.host)"])
            throw CipherFault(.unauthorized, "the shared secret is missing or wrong")
        }
        return try await endpoint.answer(request)
    }

    private func presentsSecret(_ request: Request) -> Bool {
        let isAccepted = request.withField("Authorization") { value in
            BearerToken.range(in: value).map { secret.accepts(value.extracting($0)) } ?? false
        }
        return isAccepted ?? false
    }
}
