package import EventLoop
internal import Metrics

/// An application as the steps from a request to its response: intercept, find the route, run its
/// endpoint, map its error, finish.
///
/// The order is the same in every application. Each application implements its own steps.
package protocol Dispatcher: Handler {
    var router: Router { get }
    /// The time since which a request that is being dispatched has waited.
    var turnBegan: MonotonicTime { get }
    /// Whether requests that change something note where their time goes (`CurrentRequest`).
    var notesTimes: Bool { get }

    /// Returns the response to a request that must not reach a route, or nil to let it through.
    func intercept(_ request: Request) -> Response?
    /// Called before an endpoint runs.
    func begin(_ route: Route, _ request: Request)
    /// Answers a request whose path no route has.
    func answerWithoutRoute(_ request: Request) -> Response
    /// Answers a method that the routes of the path lack. The `Allow` field is added afterwards.
    func refuseMethod(allowed: String) -> Response
    /// Returns the response to an error of an endpoint.
    func answer(to error: any Error, in route: Route, _ request: Request) -> Response
    /// Adds the fields of every response, and logs it.
    func finish(_ response: consuming Response, _ request: Request) -> Response
}

extension Dispatcher {
    package var turnBegan: MonotonicTime { .current() }
    package var notesTimes: Bool { false }

    package func begin(_ route: Route, _ request: Request) {}

    package func answerAtOnce(_ request: Request) -> Response? {
        guard request.hasField("If-None-Match"), intercept(request) == nil,
            case .found(let route, let parameters) = router.match(request),
            let response = route.endpoint.unchanged(for: request, parameters)
        else { return nil }
        let finished = finish(response, request)
        route.counts.add(finished.status, from: turnBegan)
        return finished
    }

    package func answer(_ request: Request) async -> Response { await respond(request, nil) }

    package func answer(_ request: Request, _ body: IncomingBody) async -> Response {
        await respond(request, body)
    }

    @inline(__always)
    private func respond(_ request: Request, _ body: IncomingBody?) async -> Response {
        let start = turnBegan
        if let response = intercept(request) {
            return finish(response, request, router.others, start)
        }
        switch router.match(request) {
        case .found(let route, let parameters):
            var request = request
            request.parameters = parameters
            begin(route, request)
            do {
                let response: Response
                if notesTimes, request.method != .get {
                    response = try await CurrentRequest.during(request.served) {
                        try await route.run(request, body)
                    }
                } else {
                    response = try await route.run(request, body)
                }
                // The request runs again when the wait is over, and is finished then.
                if case .held = response.body { return response }
                return finish(response, request, route.counts, start)
            } catch {
                return finish(answer(to: error, in: route, request), request, route.counts, start)
            }
        case .options(let allowed):
            return finish(.options(allowed: allowed), request, router.others, start)
        case .methodNotAllowed(let allowed):
            var response = refuseMethod(allowed: allowed)
            response.fields.append(("Allow", allowed))
            return finish(response, request, router.others, start)
        case .notFound:
            return finish(answerWithoutRoute(request), request, router.others, start)
        }
    }

    private func finish(
        _ response: consuming Response, _ request: Request, _ counts: RouteCounts,
        _ start: MonotonicTime
    ) -> Response {
        let finished = finish(response, request)
        counts.add(finished.status, from: start)
        return finished
    }
}

extension Route {
    fileprivate func run(_ request: Request, _ body: IncomingBody?) async throws -> Response {
        if let body { return try await endpoint.answer(request, body) }
        return try await endpoint.answer(request)
    }
}
