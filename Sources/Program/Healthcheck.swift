import Encoding
package import EventLoop
package import HTTP

/// Asks the service of the same program whether it is ready, for a container's health check.
package enum Healthcheck {
    /// Returns if `GET /readyz` is answered with 200, or with 503 `sealed`, which it prints: that
    /// service runs as it should, and waits for its operator. Throws otherwise.
    ///
    /// - Parameter handshake: Completed on the connection; nil for plain HTTP.
    package static func run(
        host: String, port: UInt16, loop: EventLoop, handshake: Handshake? = nil
    ) async throws {
        let address = try ListeningSocket.address(asking: host, port: port)
        var limits = ClientLimits()
        limits.answerTimeMax = .seconds(3)
        let client = Client(
            host: address.host, port: address.port, loop: loop, limits: limits,
            handshake: handshake)
        let url = "\(handshake == nil ? "http" : "https")://\(address)"
        let response: ClientResponse
        do throws(ClientFault) {
            response = try await client.send(.get, "/readyz")
        } catch {
            throw StartFailure("\(url) does not answer: \(error)")
        }
        await client.close()
        if response.status == .ok { return }
        guard isSealed(response) else {
            throw StartFailure("\(url) is not ready: it answers \(response.status.code)")
        }
        StandardStreams.writeOutput("sealed")
    }

    private static func isSealed(_ response: ClientResponse) -> Bool {
        let body = (try? JSONValue.parse(response.body.span))?.object
        return response.status == .serviceUnavailable && body?["code"]?.text == "sealed"
    }
}
