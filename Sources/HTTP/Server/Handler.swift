/// The application that a server stands in front of.
package protocol Handler: Sendable {
    /// Called for one request of a connection at a time.
    func answer(_ request: Request) async -> Response

    /// The words for a refusal by HTTP itself, and where the head was sound the request without its
    /// body; status and closing are seen to.
    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response
}
