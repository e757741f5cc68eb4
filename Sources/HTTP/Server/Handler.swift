/// The application that a server stands in front of.
package protocol Handler: Sendable {
    /// Called for one request of a connection at a time.
    func answer(_ request: Request) async -> Response

    /// The words for a refusal by HTTP itself; status and closing are seen to. Where the head was
    /// sound there is a request, without its body.
    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response
}
