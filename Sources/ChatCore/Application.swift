import Chat
import Encoding
import EventLoop
import HTTP
import Logging
import RateLimit
import Storage

/// From a request to its answer: finds the route, runs it, turns whatever it throws into JSON, and
/// adds the fields that every answer carries.
final class Application: Sendable {
    /// A tunnel maps `https://<domain>/api` here and leaves the prefix on.
    static let prefixes = ["", "/api"]

    private let router: Router
    private let files: StaticFiles
    private let clients: Clients
    private let origins: AllowedOrigins
    private let forPages: FieldLines
    private let forDocuments = SecurityFields.forPages(SecurityFields.documentsContentPolicy)
    private let shedding: LoadShedding
    private let logger: Logger
    private let limitedLog: RateLimitedLog
    /// Asked once: the level does not change while the program runs.
    private let logsRequests: Bool

    init(
        routes: [Route], files: StaticFiles, clients: Clients, origins: AllowedOrigins,
        contentPolicy: String, shedding: LoadShedding, logger: Logger, limitedLog: RateLimitedLog
    ) {
        router = Router(routes, prefixes: Self.prefixes)
        self.files = files
        self.clients = clients
        self.origins = origins
        forPages = SecurityFields.forPages(contentPolicy)
        self.shedding = shedding
        self.logger = logger
        self.limitedLog = limitedLog
        logsRequests = logger.logLevel <= .debug
    }

    func answer(_ request: Request) async -> Response {
        clients.warnOfUntrustedProxy(request)
        if let preflight = origins.preflight(request) {
            return finish(preflight, request, SecurityFields.forAnswers)
        }
        switch router.match(request) {
        case .found(let route, let parameters):
            var request = request
            request.parameters = parameters
            let response: Response
            do {
                response = try await route.endpoint.answer(request)
            } catch {
                response = answer(to: error, in: route)
            }
            return finish(response, request, SecurityFields.forAnswers)
        case .options(let allowed):
            return finish(.options(allowed: allowed), request, SecurityFields.forAnswers)
        case .methodNotAllowed(let allowed):
            return finish(notAllowed(allowed), request, SecurityFields.forAnswers)
        case .notFound: return page(request)
        }
    }

    private func page(_ request: Request) -> Response {
        let path = Self.withoutPrefix(request.path)
        guard let response = files.answer(request, path: path) ?? wayToPage(request) else {
            return finish(
                ErrorAnswer(APIFault.notFound).response, request, SecurityFields.forAnswers)
        }
        switch request.method {
        case .get, .head:
            let isDocument = path.hasPrefix(Documents.folder)
            return finish(response, request, isDocument ? forDocuments : forPages)
        case .options:
            return finish(
                .options(allowed: Self.pageMethods), request, SecurityFields.forAnswers)
        default:
            return finish(notAllowed(Self.pageMethods), request, SecurityFields.forAnswers)
        }
    }

    /// `GET /api`: the page's links start from its folder.
    private func wayToPage(_ request: Request) -> Response? {
        guard request.path == "/api", files.hasIndex else { return nil }
        return Response(.permanentRedirect, fields: [("Location", "api/")])
    }

    private static let pageMethods = "GET, HEAD, OPTIONS"

    private static func withoutPrefix(_ path: ByteText) -> ByteText {
        path.hasPrefix("/api/") ? path.droppingFirst(4) : path
    }

    private func answer(to error: any Error, in route: Route) -> Response {
        if let fault = error as? StorageFault, fault.meansTooMuch { shedding.refused(.disk) }
        if let fault = error as? VaultFault, fault == .busy { shedding.refused(.vault) }
        if let answer = ErrorAnswer(error), answer != .internal { return answer.response }
        // The type alone: nothing else is known not to hold somebody's text.
        limitedLog.log(
            .error, "unexpected fault", source: "\(route.pattern)",
            naming: ["route": "\(route.pattern)"], metadata: ["fault": "\(type(of: error))"])
        return ErrorAnswer.internal.response
    }

    private func notAllowed(_ allowed: String) -> Response {
        var response = ErrorAnswer(APIFault.methodNotAllowed(allowed: allowed)).response
        response.fields.append(("Allow", allowed))
        return response
    }

    private func finish(
        _ response: consuming Response, _ request: Request, _ fields: FieldLines
    ) -> Response {
        response.commonFields = fields
        if !origins.isEmpty { response.fields += origins.fields(for: request) }
        if logsRequests { log(request, response) }
        return response
    }

    private func log(_ request: Request, _ response: Response) {
        logger.debug(
            "\(request.method.rawValue) \(request.path) \(response.status.code)",
            metadata: ["peer": "\(request.peer.host)", "request": "\(RequestID(of: request).text)"])
    }
}
