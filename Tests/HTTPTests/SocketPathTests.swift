import EventLoop
import Foundation
import Logging
import Testing
import TestSupport

@testable import HTTP

@Suite struct SocketPathTests {
    @Test func `a server on a path is open to its owner alone, and the client reaches it`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).sock"
        defer { unlink(path) }
        let loop = try EventLoop()
        try loop.run {
            let listener = try Listener(.unix(path: path), loop: loop)
            var status = stat()
            #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let server = Server(
                loop: loop, logger: .silent,
                handler: TestHandler())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    defer { server.stop(within: .seconds(1)) }
                    let client = Client(socket: path, loop: loop)
                    for _ in 0..<2 {
                        let response = try await client.send(.post, "/x", body: [33])
                        #expect(response.body == Array("POST /x  !".utf8))
                    }
                    await client.close()
                }
                await server.serve(listener)
                try await group.waitForAll()
            }
            // The file exists, but no server listens.
            let client = Client(socket: path, loop: loop)
            let refused = SocketFault.system(SystemCallError("connect", number: ECONNREFUSED))
            #expect(
                await fault { try await client.send(.get, "/") }
                    == ClientFault.unreachable(refused))
        }
    }
}
