/// One line of an API's table: `Route(.get, "/friends/{userId}", ListFriends(…))`.
package final class Route: Sendable {
    package typealias Answer = @Sendable (Request) async throws -> Response

    package let method: Method
    /// Segments are literal, or `{name}` for any one that is not empty; the last may be `{name...}`
    /// for all the rest, be it empty.
    package let pattern: String
    package let endpoint: any Endpoint

    package init(_ method: Method, _ pattern: String, _ endpoint: any Endpoint) {
        self.method = method
        self.pattern = pattern
        self.endpoint = endpoint
    }

    /// With a function for an endpoint, where one type answers at several routes.
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
