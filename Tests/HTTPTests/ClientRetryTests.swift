import EventLoop
import Testing
import TestSupport

@testable import HTTP

/// The client against a scripted host.
@Suite struct ClientRetryTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"

    /// Each connection is a list of responses, one for each request, and is closed after them.
    /// Before an empty response only the beginning of the request is read.
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
                    // The client is done if no more connections come.
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

    /// Whether any bytes arrived.
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

    @Test func `an idempotent request is repeated once when a kept connection dies`() throws {
        let count = try run([[ClientRetryTests.ok, ""], [ClientRetryTests.ok]]) { client in
            for _ in 0..<2 {
                let response = try await client.send(.get, "/")
                #expect(response.body == [49])
            }
        }
        #expect(count == 3)
    }

    @Test func `a POST that may have had an effect is not repeated`() throws {
        let count = try run([[ClientRetryTests.ok, ""]]) { client in
            _ = try await client.send(.post, "/", body: [1])
            #expect(
                await fault { try await client.send(.post, "/", body: [1]) }
                    == ClientFault.disconnected)
        }
        #expect(count == 2)
    }

    @Test func `a POST is repeated if the caller allows it`() throws {
        let count = try run([[ClientRetryTests.ok, ""], [ClientRetryTests.ok]]) { client in
            for _ in 0..<2 {
                let response = try await client.send(.post, "/", body: [1], mayRepeat: true)
                #expect(response.body == [49])
            }
        }
        #expect(count == 3)
    }

    @Test func `a request that cannot have arrived whole is sent again with any method`() throws {
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

    @Test func `an unrequested answer is not given to the next request`() throws {
        let two = ClientRetryTests.ok + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2"
        _ = try run([[two], [ClientRetryTests.ok]]) { client in
            for _ in 0..<2 {
                let response = try await client.send(.get, "/")
                #expect(response.body == [49])
            }
        }
    }
}

/// The reason why there was no response, or nil.
func fault(_ send: () async throws -> ClientResponse) async -> ClientFault? {
    do {
        _ = try await send()
        return nil
    } catch {
        return error as? ClientFault
    }
}
