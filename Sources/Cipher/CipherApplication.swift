import CipherAPI
import Encoding
import EventLoop
import HTTP
import Logging
import RateLimit

/// Cipher's application: its routes, and the words of its errors.
struct CipherApplication: Dispatcher {
    let router: Router
    var turnBegan: MonotonicTime { loop.now }
    private let loop: EventLoop
    private let logger: Logger
    private let limitedLog: RateLimitedLog

    init(vault: KeyVault, callers: CallerAuthentication, logger: Logger) {
        loop = vault.loop
        router = Router(Self.routes(vault, callers))
        limitedLog = callers.log
        self.logger = logger
    }

    /// Cipher's whole API.
    private static func routes(_ vault: KeyVault, _ callers: CallerAuthentication) -> [Route] {
        func operation(_ operation: CipherOperation) -> any Endpoint {
            callers.requiringSecret(PerformOperation(operation: operation, vault: vault))
        }
        func chunk(_ operation: CipherOperation) -> any Endpoint {
            callers.requiringSecret(PerformChunkOperation(operation: operation, vault: vault))
        }
        return [
            Route(.post, "/encrypt", operation(.encrypt)),
            Route(.post, "/decrypt", operation(.decrypt)),
            Route(.post, "/rewrap", operation(.rewrap)),
            Route(.post, "/encrypt/chunk", chunk(.encrypt)),
            Route(.post, "/decrypt/chunk", chunk(.decrypt)),
            Route(.post, "/rewrap/chunk", chunk(.rewrap)),
            Route(.post, "/keys/needed", callers.requiringSecret(NoteNeeds(vault: vault))),
            Route(.get, "/keys", callers.requiringSecret(ShowKeys(vault: vault))),
            Route(.get, "/healthz", CipherLiveness()),
            Route(.get, "/readyz", CipherReadiness(vault: vault)),
        ]
    }

    func intercept(_ request: Request) -> Response? {
        guard isFromPage(request) else { return nil }
        limitedLog.log(.warning, "refused a page", source: request.peer.network.host)
        return .error(CipherFault(.crossOrigin, "no page may ask Cipher"))
    }

    func answerWithoutRoute(_ request: Request) -> Response {
        .error(CipherFault(.notFound, "there is no such route"))
    }

    func refuseMethod(allowed: String) -> Response {
        .error(CipherFault(.methodNotAllowed, "this route answers \(allowed)"))
    }

    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response { .error(fault) }

    func answer(to error: any Error, in route: Route, _ request: Request) -> Response {
        guard let fault = error as? CipherFault else {
            // The type alone: an unknown error may hold a part of a text.
            logFault("unexpected \(type(of: error))", at: route, request)
            return .error(CipherFault(.internal, "a fault inside Cipher"))
        }
        if fault.code == .internal { logFault(fault.sentence, at: route, request) }
        return .error(fault)
    }

    func finish(_ response: consuming Response, _ request: Request) -> Response {
        logger.debug(
            "\(request.method.rawValue) \(request.path) \(response.status.code)",
            metadata: ["requests": "\(Self.callers(of: request))"])
        return response
    }

    /// Browsers add one of these fields, and Cipher's callers add neither. Any page could otherwise
    /// have its browser ask a server on this machine.
    private func isFromPage(_ request: Request) -> Bool {
        request.hasField("Origin") || request.hasField("Sec-Fetch-Site")
    }

    /// The ids of ChatCore's requests that a call serves.
    private static func callers(of request: Request) -> ByteText {
        request.field("x-request-id") ?? "-"
    }

    private func logFault(_ fault: String, at route: Route, _ request: Request) {
        limitedLog.log(
            .error, "a fault inside Cipher", source: "\(route.pattern)",
            naming: ["route": "\(route.pattern)"],
            metadata: ["fault": "\(fault)", "requests": "\(Self.callers(of: request))"])
    }
}
