package import EventLoop
package import HTTP
package import Logging
package import Metrics

/// Serves `GET /metrics` on a listener of its own, never on that of the service. It asks nobody who
/// they are, so its address is the operator's to choose.
package struct MetricsServer: Dispatcher {
    package typealias Write = @Sendable (inout MetricsText) async -> Void

    /// A program that scrapes keeps one connection. A few more are for people who look.
    private static let connectionsMax = 16
    private static let path = "/metrics"

    package let router: Router
    private let listener: LoopBound<Listener>
    private let loop: EventLoop
    private let logger: Logger

    /// - Parameters:
    ///   - routes: Further routes, which tell nothing that is not for everybody either.
    ///   - write: Writes every metric. It runs for each request.
    package init(
        _ listener: sending Listener, routes: [Route] = [], loop: EventLoop, logger: Logger,
        write: @escaping Write
    ) {
        self.listener = LoopBound(listener, to: loop)
        self.loop = loop
        self.logger = logger
        router = Router(
            [
                Route(.get, Self.path) { _ in
                    var text = MetricsText()
                    await write(&text)
                    ProcessMetrics.write(to: &text)
                    return Response(
                        .ok, fields: [("Content-Type", MetricsText.contentType)],
                        body: .bytes(Array(text.text.utf8)))
                }
            ] + routes)
    }

    /// Tells the address. A port that the system picked is also printed on standard output.
    package func announce(asked port: UInt16) {
        let line = "metrics at http://\(listener.value.address)\(Self.path)"
        if port == 0 { StandardStreams.writeOutput(line) }
        logger.info("\(line)")
    }

    /// Serves until the task is cancelled.
    package func run() async {
        await Server(
            loop: loop, limits: Self.limits, logger: logger, isExempt: { _ in true }, handler: self
        ).serve(listener.value)
    }

    private static var limits: Limits {
        var limits = Limits()
        limits.connectionCountMax = connectionsMax
        limits.headBytesMax = 8 << 10
        limits.bodyBytesMax = 1 << 10
        return limits
    }

    package func intercept(_ request: Request) -> Response? { nil }
    package func answerWithoutRoute(_ request: Request) -> Response { Response(.notFound) }
    package func refuse(_ fault: HTTPFault, _ request: Request?) -> Response {
        Response(fault.status)
    }

    package func refuseMethod(allowed: String) -> Response { Response(.methodNotAllowed) }

    package func answer(to error: any Error, in route: Route, _ request: Request) -> Response {
        Response(.internalServerError)
    }

    package func finish(_ response: consuming Response, _ request: Request) -> Response { response }
}
