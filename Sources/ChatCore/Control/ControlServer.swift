import EventLoop
import HTTP
import Logging

/// Serves administration over the control socket. Its mode lets the owner in and nobody else, so
/// it asks for no secret.
struct ControlServer: Sendable {
    private let socket: ControlSocket
    private let router: Router
    private let loop: EventLoop
    private let logger: Logger

    init(_ socket: ControlSocket, routes: [Route], loop: EventLoop, logger: Logger) {
        self.socket = socket
        router = Router(routes)
        self.loop = loop
        self.logger = logger
    }

    /// Serves until the task is cancelled. Where there can be no socket, the log says so and the
    /// service goes on without.
    func run() async {
        let listener: Listener
        do {
            listener = try socket.listen(on: loop)
        } catch {
            logger.warning(
                "no administration while the server runs: \(socket.path): \(error)")
            return
        }
        defer { socket.remove() }
        let server = Server(
            loop: loop, logger: logger,
            fault: { Response($0.status) },
            answer: answer)
        await server.serve(listener)
    }

    private func answer(_ request: Request) async -> Response {
        guard case .found(let route, let parameters) = router.match(request) else {
            return ControlFault.noSuchOperation.response
        }
        var request = request
        request.parameters = parameters
        logger.notice("asked for \(route.pattern) over the control socket")
        do {
            return try await route.answer(request)
        } catch {
            if let fault = ControlFault(error) { return fault.response }
            logger.error("unexpected \(type(of: error)) in \(route.pattern)")
            return Response(.internalServerError)
        }
    }
}
