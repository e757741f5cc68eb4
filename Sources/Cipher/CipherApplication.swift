import CipherAPI
import Encoding
import HTTP
import Logging
import RateLimit

/// Answers a request: finds its route, runs the endpoint, and turns what it throws into JSON.
struct CipherApplication: Handler {
    private let router: Router
    private let logger: Logger
    private let limitedLog: RateLimitedLog

    init(vault: KeyVault, callers: CallerAuthentication, logger: Logger) {
        router = Router(Self.routes(vault, callers))
        limitedLog = callers.log
        self.logger = logger
    }

    /// Cipher's whole API.
    private static func routes(_ vault: KeyVault, _ callers: CallerAuthentication) -> [Route] {
        func operation(_ operation: CipherOperation) -> any Endpoint {
            callers.requiringSecret(PerformOperation(operation: operation, vault: vault))
        }
        return [
            Route(.post, "/encrypt", operation(.encrypt)),
            Route(.post, "/decrypt", operation(.decrypt)),
            Route(.post, "/rewrap", operation(.rewrap)),
            Route(.get, "/keys", callers.requiringSecret(ShowKeys(vault: vault))),
            Route(.get, "/healthz", CipherLiveness()),
            Route(.get, "/readyz", CipherReadiness(vault: vault)),
        ]
    }

    func answer(_ request: Request) async -> Response {
        let response = await response(to: request)
        logger.debug(
            "\(request.method.rawValue) \(request.path) \(response.status.code)",
            metadata: ["requests": "\(request.field("x-request-id") ?? "-")"])
        return response
    }

    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response { .error(fault) }

    private func response(to request: Request) async -> Response {
        if isFromPage(request) {
            return .error(CipherFault(.crossOrigin, "no page may ask Cipher"))
        }
        switch router.match(request) {
        case .found(let route, let parameters):
            var request = request
            request.parameters = parameters
            return await run(route, request)
        case .options(let allowed):
            return .options(allowed: allowed)
        case .methodNotAllowed(let allowed):
            var response = Response.error(
                CipherFault(.methodNotAllowed, "this route answers \(allowed)"))
            response.fields.append(("Allow", allowed))
            return response
        case .notFound:
            return .error(CipherFault(.notFound, "there is no such route"))
        }
    }

    /// Browsers add one of these fields, and Cipher's callers add neither. Any page could otherwise
    /// have its browser ask a server on this machine.
    private func isFromPage(_ request: Request) -> Bool {
        request.hasField("Origin") || request.hasField("Sec-Fetch-Site")
    }

    private func run(_ route: Route, _ request: Request) async -> Response {
        do {
            return try await route.endpoint.answer(request)
        } catch let fault as CipherFault {
            if fault.code == .internal { logFault(fault.sentence, at: route) }
            return .error(fault)
        } catch {
            // The type alone: an unknown error may hold a part of a text.
            logFault("unexpected \(type(of: error))", at: route)
            return .error(CipherFault(.internal, "a fault inside Cipher"))
        }
    }

    private func logFault(_ fault: String, at route: Route) {
        limitedLog.log(
            .error, "a fault inside Cipher", source: "\(route.pattern)",
            naming: ["route": "\(route.pattern)"], metadata: ["fault": "\(fault)"])
    }
}
