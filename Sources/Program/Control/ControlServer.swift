import Encoding
package import EventLoop
package import HTTP
package import Logging

/// Serves administration over the control socket. Only the owner can open the socket, so requests
/// need no secret.
package struct ControlServer: Dispatcher {
    private static let pause = Duration.seconds(3)
    private static let readerTimeMax = Duration.seconds(24 * 3600)
    /// The operation that `status` of both programs asks for.
    package static let statusTarget = "/status"

    private let socket: ControlSocket
    package let router: Router
    private let explain: @Sendable (any Error) -> ControlRefusal?
    private let loop: EventLoop
    private let logger: Logger

    /// - Parameter explain: Returns the refusal for an error of an endpoint, or nil for an
    ///   unexpected error, which is a bug of ours.
    package init(
        _ socket: ControlSocket, routes: [Route], loop: EventLoop, logger: Logger,
        explain: @escaping @Sendable (any Error) -> ControlRefusal?
    ) {
        self.socket = socket
        self.explain = explain
        router = Router(routes)
        self.loop = loop
        self.logger = logger
    }

    /// Serves until the task is cancelled. If it cannot create the socket, it logs a warning and
    /// retries; the chat service does not depend on it.
    package func run() async {
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

    package func refuse(_ fault: HTTPFault, _ request: Request?) -> Response {
        Response(fault.status)
    }

    package func intercept(_ request: Request) -> Response? { nil }

    package func begin(_ route: Route, _ request: Request) {
        // `status --watch` asks every two seconds, and changes nothing.
        let level = route.pattern == Self.statusTarget ? Logger.Level.debug : .notice
        logger.log(level: level, "asked for \(route.pattern) over the control socket")
    }

    package func answerWithoutRoute(_ request: Request) -> Response {
        ControlRefusal.noSuchOperation.response
    }

    package func refuseMethod(allowed: String) -> Response {
        ControlRefusal.noSuchOperation.response
    }

    package func answer(to error: any Error, in route: Route, _ request: Request) -> Response {
        if let refusal = error as? ControlRefusal { return refusal.response }
        if let refusal = explain(error) { return refusal.response }
        logger.error("unexpected \(type(of: error)) in \(route.pattern)")
        return Response(.internalServerError)
    }

    package func finish(_ response: consuming Response, _ request: Request) -> Response { response }
}

/// A refusal of a request over the control socket: one line that tells the operator what to do.
package struct ControlRefusal: Error, Equatable {
    package let line: String
    private let status: Status

    package init(_ line: String) {
        self.line = line
        status = .conflict
    }

    private init(_ status: Status, _ line: String) {
        self.line = line
        self.status = status
    }

    package static let noSuchOperation = ControlRefusal(
        .notFound, "the server that runs is of another version")

    /// The answer `{"error": "<one line for the operator>"}`.
    package var response: Response {
        var body = JSONWriter(capacity: 256)
        body.beginObject()
        body.field("error", line)
        body.endObject()
        return Response(
            status, fields: [("Content-Type", "application/json; charset=utf-8")],
            body: .bytes(body.bytes))
    }
}
