/// Answers the requests of a route.
package protocol Endpoint: Sendable {
    /// Returns the response. The application maps a thrown error to a response.
    func answer(_ request: Request) async throws -> Response

    /// Returns the response to a request whose body arrives meanwhile.
    func answer(_ request: Request, _ body: IncomingBody) async throws -> Response

    /// Returns the 304 to a conditional request whose client has the current response, or nil to
    /// have `answer` decide. It saves polls the switches of tasks. It must do what `answer` does.
    func unchanged(for request: Request, _ parameters: PathParameters) -> Response?
}

extension Endpoint {
    package func answer(_ request: Request, _ body: IncomingBody) async throws -> Response {
        try await answer(request)
    }

    package func unchanged(for request: Request, _ parameters: PathParameters) -> Response? { nil }
}

/// One line of an API's table, such as `Route(.get, "/friends/{userId}", ListFriends(…))`.
package final class Route: Sendable {
    package typealias Answer = @Sendable (Request) async throws -> Response

    package let method: Method
    /// Each segment is literal, or `{name}` for any segment that is not empty. The last may be
    /// `{name...}` for the rest of the path, which may be empty.
    package let pattern: String
    package let endpoint: any Endpoint
    package let counts = RouteCounts()

    package init(_ method: Method, _ pattern: String, _ endpoint: any Endpoint) {
        self.method = method
        self.pattern = pattern
        self.endpoint = endpoint
    }

    /// Takes a function as endpoint, for a type that answers several routes.
    package convenience init(_ method: Method, _ pattern: String, _ answer: @escaping Answer) {
        self.init(method, pattern, Closure(answer: answer))
    }
}

private struct Closure: Endpoint {
    let answer: Route.Answer

    func answer(_ request: Request) async throws -> Response {
        try await answer(request)
    }
}
