import EventLoop
import Testing

@testable import HTTP

/// Against a host that does what it is told, and no more.
@Suite struct ClientRetryTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"

    /// Each connection is a list of answers, one to each request; then it is closed. Before an
    /// empty one only the request's beginning is read.
    private func run(
        _ connections: [[String]],
        _ body: @escaping @Sendable (Client) async throws -> Void
    ) throws -> Int {
        let requestCount = Shared(0)
        let loop = try EventLoop()
        try loop.run {
            let listener = try Listener(.ipv4(0x7f00_0001, port: 0), loop: loop)
            let (port, input) = (listener.address.port, listener.shutdownHandle)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    defer { input.end() }
                    let client = Client(host: "127.0.0.1", port: port, loop: loop)
                    try await body(client)
                    await client.close()
                }
                for answers in connections {
                    // The client is done where no more connections come.
                    guard let accepted = try? await listener.accept() else { break }
                    let socket = try accepted.socket(on: loop)
                    for answer in answers {
                        if try await read(socket, whole: !answer.isEmpty) { requestCount.add(1) }
                        try await socket.write(Array(answer.utf8))
                    }
                    socket.close()
                }
                try await group.waitForAll()
            }
        }
        return requestCount.value
    }

    /// Whether anything came.
    private func read(_ socket: Socket, whole: Bool) async throws -> Bool {
        var limits = Limits()
        limits.bodyBytesMax = .max
        var parser = RequestParser(peer: socket.peer)
        var input: [UInt8] = []
        while try await socket.read(
            appendingTo: &input, max: 65_536, until: .current() + .seconds(10)) > 0
        {
            var taken = 0
            let outcome = try parser.parse(input.span, limits, taken: &taken)
            input.removeFirst(taken)
            if case .request = outcome { return true }
            if !whole { return true }
        }
        return false
    }

    @Test func `what may be repeated is, once, when a kept connection dies`() throws {
        let count = try run([[ClientRetryTests.ok, ""], [ClientRetryTests.ok]]) { client in
            for _ in 0..<2 {
                let response = try await client.send(.get, "/")
                #expect(response.body == [49])
            }
        }
        #expect(count == 3)
    }

    @Test func `a POST that may have been acted upon is not repeated`() throws {
        let count = try run([[ClientRetryTests.ok, ""]]) { client in
            _ = try await client.send(.post, "/", body: [1])
            #expect(
                await fault { try await client.send(.post, "/", body: [1]) }
                    == ClientFault.disconnected)
        }
        #expect(count == 2)
    }

    @Test func `unless its sender says that it may`() throws {
        let count = try run([[ClientRetryTests.ok, ""], [ClientRetryTests.ok]]) { client in
            for _ in 0..<2 {
                let response = try await client.send(.post, "/", body: [1], mayRepeat: true)
                #expect(response.body == [49])
            }
        }
        #expect(count == 3)
    }

    @Test func `what cannot have arrived as a whole is sent again, whatever it is`() throws {
        let count = try run([[ClientRetryTests.ok, ""], [ClientRetryTests.ok]]) { client in
            _ = try await client.send(.get, "/")
            let body = [UInt8](repeating: 1, count: 16 << 20)
            let response = try await client.send(.post, "/", body: body)
            #expect(response.body == [49])
        }
        #expect(count == 3)
    }

    @Test func `a new connection that dies is not tried again`() throws {
        let count = try run([[""]]) { client in
            #expect(await fault { try await client.send(.get, "/") } == ClientFault.disconnected)
        }
        #expect(count == 1)
    }

    @Test func `an answer cut short is not taken for a whole one`() throws {
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123"
        _ = try run([[cut]]) { client in
            #expect(await fault { try await client.send(.get, "/") } == ClientFault.disconnected)
        }
    }

    @Test func `an answer nobody asked for is not given to the next`() throws {
        let two = ClientRetryTests.ok + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2"
        _ = try run([[two], [ClientRetryTests.ok]]) { client in
            for _ in 0..<2 {
                let response = try await client.send(.get, "/")
                #expect(response.body == [49])
            }
        }
    }
}

/// Why there was no response; nil where there was one.
func fault(_ send: () async throws -> ClientResponse) async -> ClientFault? {
    do {
        _ = try await send()
        return nil
    } catch {
        return error as? ClientFault
    }
}
