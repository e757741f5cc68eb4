/// What answers behind a route.
package protocol Endpoint: Sendable {
    /// What it throws is turned into a response by whoever asked the router.
    func answer(_ request: Request) async throws -> Response
}
