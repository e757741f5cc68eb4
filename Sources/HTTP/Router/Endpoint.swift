/// What answers behind a route.
package protocol Endpoint: Sendable {
    func answer(_ request: Request) async throws -> Response
}
