import CipherAPI
import Encoding
import HTTP
import Logging
import RateLimit

/// From a request to its answer: finds the route, runs it, and turns whatever it throws into JSON.
struct Application: Handler {
    private let router: Router
    private let logger: Logger
    private let limitedLog: RateLimitedLog

    init(vault: Vault, callers: Callers, logger: Logger) {
        router = Router(Routes.table(vault, callers))
        limitedLog = callers.log
        self.logger = logger
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

    /// Browsers add one of these, and what calls Cipher adds neither. Any page can otherwise have
    /// the browser beside it ask a server on this machine.
    private func isFromPage(_ request: Request) -> Bool {
        request.hasField("Origin") || request.hasField("Sec-Fetch-Site")
    }

    private func run(_ route: Route, _ request: Request) async -> Response {
        do {
            return try await route.endpoint.answer(request)
        } catch let fault as CipherFault {
            if fault.code == .internal { tell(route, fault.sentence) }
            return .error(fault)
        } catch {
            // The type alone: nothing else is known not to hold a text.
            tell(route, "unexpected \(type(of: error))")
            return .error(CipherFault(.internal, "a fault inside Cipher"))
        }
    }

    private func tell(_ route: Route, _ fault: String) {
        limitedLog.log(
            .error, "a fault inside Cipher", source: "\(route.pattern)",
            naming: ["route": "\(route.pattern)"], metadata: ["fault": "\(fault)"])
    }
}
