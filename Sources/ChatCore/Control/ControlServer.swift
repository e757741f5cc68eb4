import EventLoop
import HTTP
import Logging

/// Serves administration over the control socket. Only the owner can open the socket, so requests
/// need no secret.
struct ControlServer: Dispatcher {
    private static let pause = Duration.seconds(3)
    private static let readerTimeMax = Duration.seconds(24 * 3600)

    private let socket: ControlSocket
    let router: Router
    private let loop: EventLoop
    private let logger: Logger

    init(_ socket: ControlSocket, routes: [Route], loop: EventLoop, logger: Logger) {
        self.socket = socket
        router = Router(routes)
        self.loop = loop
        self.logger = logger
    }

    /// Serves until the task is cancelled. If it cannot create the socket, it logs a warning and
    /// retries; the chat service does not depend on it.
    func run() async {
        guard let listener = await listener() else { return }
        defer { socket.remove() }
        await Server(loop: loop, limits: Self.limits, logger: logger, handler: self)
            .serve(listener)
    }

    /// Long, because an operator may read a list through a pager.
    private static var limits: Limits {
        var limits = Limits()
        limits.writeTimeMax = readerTimeMax
        limits.readerGraceTimeMax = readerTimeMax
        return limits
    }

    /// Creates the socket. Retries, because a read-only or full disk may recover. Returns nil if
    /// cancelled.
    private func listener() async -> Listener? {
        var isFirst = true
        while true {
            do {
                return try socket.listen(on: loop)
            } catch {
                if isFirst {
                    logger.warning("no administration for now: \(socket.path): \(error)")
                }
            }
            isFirst = false
            do { try await loop.sleep(for: Self.pause) } catch { return nil }
        }
    }

    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response { Response(fault.status) }

    func intercept(_ request: Request) -> Response? { nil }

    func begin(_ route: Route, _ request: Request) {
        logger.notice("asked for \(route.pattern) over the control socket")
    }

    func answerWithoutRoute(_ request: Request) -> Response {
        ControlFault.noSuchOperation.response
    }

    func refuseMethod(allowed: String) -> Response { ControlFault.noSuchOperation.response }

    func answer(to error: any Error, in route: Route) -> Response {
        if let fault = ControlFault(error) { return fault.response }
        logger.error("unexpected \(type(of: error)) in \(route.pattern)")
        return Response(.internalServerError)
    }

    func finish(_ response: consuming Response, _ request: Request) -> Response { response }
}
