import Encoding
import EventLoop
import Testing
import TestSupport

@testable import HTTP

@Suite struct ClientTests {
    @Test func `requests share a kept connection`() throws {
        let peers = Shared<[UInt16]>([])
        try TestServer.run(
            answer: { request in
                peers.value.append(request.peer.port)
                return Response(
                    .conflict, fields: [("ETag", "\"1\"")],
                    body: .bytes(Array(request.query.text.utf8) + request.body))
            },
            { server in
                let client = client(of: server)
                for number in 0..<3 {
                    let response = try await client.send(
                        .post, "/a?n=\(number)", fields: [("X", "y")], body: [33])
                    #expect(response.status == .conflict)
                    #expect(response.field("etag") == "\"1\"")
                    #expect(response.body == Array("n=\(number)!".utf8))
                }
                await client.close()
                #expect(await fault { try await client.send(.get, "/") } == ClientFault.closed)
            })
        #expect(Set(peers.value).count == 1)
    }

    @Test func `no more connections are made than allowed`() throws {
        let peers = Shared<Set<UInt16>>([])
        try TestServer.run(
            answer: { request in
                peers.value.insert(request.peer.port)
                await Task.yield()
                return Response(.ok, body: .bytes(Array(request.path.utf8)))
            },
            { server in
                var limits = ClientLimits()
                limits.connectionCountMax = 3
                let client = client(of: server, limits)
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<50 {
                        group.addTask(executorPreference: server.loop) {
                            let response = try await client.send(.get, "/\(number)")
                            return response.body == Array("/\(number)".utf8)
                        }
                    }
                    for try await isRight in group { #expect(isRight) }
                }
                await client.close()
            })
        #expect(peers.value.count == 3)
    }

    @Test func `a success of any length is handed over in pieces, a refusal whole`() throws {
        let pieces = Shared<[Int]>([])
        try TestServer.run(
            answer: { request in
                if request.path == "/refused" {
                    return Response(.conflict, body: .bytes(Array("no".utf8)))
                }
                return Response(
                    .ok,
                    body: .stream { body in
                        for _ in 0..<40 {
                            try await body.write([UInt8](repeating: 97, count: 50_000))
                        }
                    })
            },
            { server in
                var limits = ClientLimits()
                limits.response.bodyBytesMax = 256 << 10
                let client = client(of: server, limits)
                for _ in 0..<2 {
                    pieces.value = []
                    let response = try await client.send(
                        .post, "/long", reader: { pieces.value.append($0.count) })
                    #expect(response.status == .ok && response.body.isEmpty)
                    #expect(pieces.value.reduce(0, +) == 40 * 50_000)
                    #expect((pieces.value.max() ?? 0) <= 256 << 10)
                }
                let refused = try await client.send(
                    .post, "/refused", reader: { _ in Issue.record("a refusal is no list") })
                #expect(refused.body == Array("no".utf8))
                await client.close()
            })
    }

    @Test func `a request is refused when too many wait`() throws {
        try TestServer.run { server in
            var limits = ClientLimits()
            limits.connectionCountMax = 1
            limits.waitingCountMax = 1
            let client = client(of: server, limits)
            let busyCount = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<5 {
                    group.addTask(executorPreference: server.loop) {
                        do {
                            _ = try await client.send(.get, "/")
                            return false
                        } catch ClientFault.busy {
                            return true
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(busyCount == 3)
            await client.close()
        }
    }

    @Test func `streams and HEAD are understood`() throws {
        try TestServer.run(
            answer: { request in
                guard request.path == "/stream" else { return Response(.ok, body: .bytes([1])) }
                return Response(
                    .ok,
                    body: .stream { writer in
                        for byte in UInt8(0)..<100 {
                            try await writer.write([UInt8](repeating: byte, count: 100))
                        }
                    })
            },
            { server in
                let client = client(of: server)
                let expected = (UInt8(0)..<100).flatMap { [UInt8](repeating: $0, count: 100) }
                let body = try await client.send(.get, "/stream").body
                #expect(body == expected)
                let head = try await client.send(.head, "/")
                #expect(head.body.isEmpty && head.field("Content-Length") == "1")
                let again = try await client.send(.get, "/stream").body
                #expect(again == expected)
                await client.close()
            })
    }

    @Test func `no server, a slow server, and an unknown name are different faults`() throws {
        let loop = Shared<EventLoop?>(nil)
        try TestServer.run(
            answer: { _ in
                while !Task.isCancelled { try? await loop.value?.sleep(for: .milliseconds(5)) }
                return Response(.ok)
            },
            { server in
                loop.value = server.loop
                var limits = ClientLimits()
                limits.answerTimeMax = .milliseconds(50)
                let slow = client(of: server, limits)
                #expect(await fault { try await slow.send(.get, "/") } == ClientFault.timeout)
                await slow.close()

                let free = try Listener(.ipv4(0x7f00_0001, port: 0), loop: server.loop)
                let port = free.address.port
                free.close()
                let nobody = Client(host: "127.0.0.1", port: port, loop: server.loop)
                do {
                    _ = try await nobody.send(.get, "/")
                    Issue.record("somebody answered")
                } catch ClientFault.unreachable {}

                let nameless = Client(host: "no.such.name.invalid", port: port, loop: server.loop)
                #expect(
                    await fault { try await nameless.send(.get, "/") } == ClientFault.unresolved)
            })
    }

    @Test func `a name is looked up on a worker`() throws {
        let workers = WorkerPool(threads: 1, waitingMax: 4)
        defer { workers.stop() }
        try TestServer.run { server in
            let client = Client(
                host: "localhost", port: server.address.port, loop: server.loop,
                resolver: workers)
            let status = try await client.send(.get, "/").status
            #expect(status == .ok)
            await client.close()
        }
    }

    private func client(of server: TestServer, _ limits: ClientLimits = ClientLimits()) -> Client {
        Client(
            host: "127.0.0.1", port: server.address.port, loop: server.loop, limits: limits)
    }
}
