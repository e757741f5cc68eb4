package import EventLoop
package import HTTP

/// Asks the service of the same program whether it is ready, for a container's health check.
package enum Healthcheck {
    /// Returns if `GET /readyz` is answered with 200, and throws otherwise.
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
        let status: Status
        do throws(ClientFault) {
            status = try await client.send(.get, "/readyz").status
        } catch {
            throw StartFailure("\(url) does not answer: \(error)")
        }
        await client.close()
        guard status == .ok else {
            throw StartFailure("\(url) is not ready: it answers \(status.code)")
        }
    }
}
