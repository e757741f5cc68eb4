import Chat
import Encoding
import EventLoop
import HTTP
import Logging
import Metrics
import RateLimit
import Storage

/// Serves the public API and the pages of the web client.
final class Application: Dispatcher {
    /// The prefixes of all routes. A tunnel maps `https://<domain>/api` here and keeps the prefix.
    static let prefixes = ["", "/api"]

    let router: Router
    var turnBegan: MonotonicTime { loop.now }
    private let loop: EventLoop
    private let refusalCounts: LoopBound<NamedTallies>
    private let files: StaticFiles
    private let clients: Clients
    private let origins: AllowedOrigins
    private let forPages: FieldLines
    private let forDocuments = SecurityFields.forPages(SecurityFields.documentsContentPolicy)
    private let shedding: LoadShedding
    private let logger: Logger
    private let limitedLog: RateLimitedLog
    private let slowRequests: SlowRequests
    let notesTimes = true

    init(
        routes: [Route], files: StaticFiles, clients: Clients, origins: AllowedOrigins,
        contentPolicy: String, shedding: LoadShedding, loop: EventLoop, logger: Logger,
        limitedLog: RateLimitedLog, slowTimeMin: Duration?
    ) {
        self.loop = loop
        refusalCounts = LoopBound(NamedTallies(), to: loop)
        router = Router(routes, prefixes: Self.prefixes)
        self.files = files
        self.clients = clients
        self.origins = origins
        forPages = SecurityFields.forPages(contentPolicy)
        self.shedding = shedding
        self.logger = logger
        self.limitedLog = limitedLog
        slowRequests = SlowRequests(timeMin: slowTimeMin, log: limitedLog)
    }

    func intercept(_ request: Request) -> Response? {
        clients.warnOfUntrustedProxy(request)
        return origins.preflight(request)
    }

    /// Answers with a page of the web client, or with 404.
    func answerWithoutRoute(_ request: Request) -> Response {
        let path = Self.withoutPrefix(request.path)
        guard var response = files.answer(request, path: path) ?? redirectToPage(request) else {
            return ErrorAnswer(APIFault.notFound).response
        }
        switch request.method {
        case .get, .head:
            response.commonFields = path.hasPrefix(Documents.folder) ? forDocuments : forPages
            if clients.trustOrigin(of: request) {
                response.fields.append(SecurityFields.openerPolicy)
            }
            return response
        case .options: return .options(allowed: Self.pageMethods)
        default:
            response = refuseMethod(allowed: Self.pageMethods)
            response.fields.append(("Allow", Self.pageMethods))
            return response
        }
    }

    /// Returns the answer for a request that the HTTP layer refuses.
    ///
    /// - Parameter request: The request without its body; nil if its head was malformed.
    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response {
        var response = refusing(ErrorAnswer(fault))
        response.fields.append((RequestID.field, RequestID(of: request).text))
        return response
    }

    /// The number of refused requests by the code of their error.
    var refusals: NamedTallies.Counts { refusalCounts.value.counts }

    private func refusing(_ answer: ErrorAnswer) -> Response {
        refusalCounts.value.add(answer.code)
        return answer.response
    }

    /// Redirects `GET /api` to `api/`, because the page's links are relative to its folder.
    private func redirectToPage(_ request: Request) -> Response? {
        guard request.path == "/api", files.hasIndex else { return nil }
        return Response(.permanentRedirect, fields: [("Location", "api/")])
    }

    private static let pageMethods = "GET, HEAD, OPTIONS"

    private static func withoutPrefix(_ path: ByteText) -> ByteText {
        path.hasPrefix("/api/") ? path.droppingFirst(4) : path
    }

    func answer(to error: any Error, in route: Route, _ request: Request) -> Response {
        if let fault = error as? StorageFault, fault.meansTooMuch { shedding.refused(.disk) }
        if let fault = error as? VaultFault, fault == .busy { shedding.refused(.vault) }
        if let answer = ErrorAnswer(error), answer != .internal { return refusing(answer) }
        // Logs only the type, because anything else of the error could hold a user's text.
        limitedLog.log(
            .error, "unexpected fault", source: "\(route.pattern)",
            naming: ["route": "\(route.pattern)"],
            metadata: [
                "fault": "\(type(of: error))", "request": "\(RequestID(of: request).text)",
            ])
        return refusing(.internal)
    }

    func refuseMethod(allowed: String) -> Response {
        ErrorAnswer(APIFault.methodNotAllowed(allowed: allowed)).response
    }

    func finish(_ response: consuming Response, _ request: Request) -> Response {
        if response.commonFields.isEmpty { response.commonFields = SecurityFields.forAnswers }
        if !origins.isEmpty { response.fields += origins.fields(for: request) }
        // A poll that has nothing to tell does without.
        if response.status != .notModified {
            response.fields.append((RequestID.field, RequestID(of: request).text))
        }
        if logger.logLevel <= .debug { log(request, response) }
        return response
    }

    func served(_ request: Request, _ status: Status, _ times: ServedTimes) {
        slowRequests.note(request, status, times) {
            if case .found(let route, _) = router.match(request) { return route.pattern }
            return "none"
        }
    }

    private func log(_ request: Request, _ response: Response) {
        logger.debug(
            "\(request.method.rawValue) \(request.path) \(response.status.code)",
            metadata: ["peer": "\(request.peer.host)", "request": "\(RequestID(of: request).text)"])
    }
}
