import FlyingFox
import Foundation

/// Answers every request for `/` with a short JSON text, on the port of its one argument.
@main
enum FlyingFoxPeer {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap(UInt16.init) ?? 0
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port))
        await server.appendRoute("/") { _ in
            HTTPResponse(
                statusCode: .ok, headers: [.contentType: "application/json"],
                body: Data(#"{"status":"ok"}"#.utf8))
        }
        try await server.run()
    }
}
