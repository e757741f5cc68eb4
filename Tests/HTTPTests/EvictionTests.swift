import EventLoop
import Testing
import TestSupport

@testable import HTTP

/// Evictions when places or memory run out.
@Suite struct EvictionTests {
    @Test func `at the limit the connection that was idle longest is evicted`() throws {
        try withConnectionLimit(2) { server in
            let first = try await server.served()
            let second = try await server.served()
            let third = try await server.connect()
            #expect(try await first.rest() == "")
            for client in [third, second] {
                try await client.send(request("GET /still"))
                #expect(try await client.response().body == "GET /still  ")
            }
        }
    }

    @Test func `busy connections are not evicted, and a new one is refused`() throws {
        let (started, mayFinish) = (Shared(0), Shared(false))
        let loop = Shared<EventLoop?>(nil)
        var limits = Limits()
        limits.connectionCountMax = 2
        try TestServer.run(
            limits: limits,
            answer: { request in
                started.add(1)
                while !mayFinish.value { try? await loop.value?.sleep(for: .milliseconds(1)) }
                return await TestServer.echo(request)
            },
            { server in
                loop.value = server.loop
                let clients = [try await server.connect(), try await server.connect()]
                for client in clients { try await client.send(request("GET /work")) }
                while started.value < 2 { try await server.loop.sleep(for: .milliseconds(1)) }
                let refusal = try await server.connect().rest()
                #expect(refusal.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
                #expect(refusal.hasSuffix("fault connectionsTooMany"))
                mayFinish.value = true
                for client in clients {
                    #expect(try await client.response().body == "GET /work  ")
                }
            })
    }

    @Test func `incomplete heads are evicted first, and connections served before last`() throws {
        try withConnectionLimit(6) { server in
            let idle = try await server.served()
            let served = try await server.served()
            try await served.send("GET /served HTTP/1.1\r\nHost:")
            let body = try await server.connect()
            try await body.send(request("POST /half", ["Content-Length: 9"]) + "ab")
            let silent = try await server.connect()
            let heads = [try await server.connect(), try await server.connect()]
            for head in heads {
                try await head.send("GET /never HTTP/1.1\r\n")
                try await server.waitForServer()
            }
            var newcomers: [RawClient] = []
            for leaver in heads + [silent] {
                newcomers.append(try await server.served())
                #expect(try await leaver.rest() == "")
            }
            newcomers.append(try await server.served())
            #expect(try await body.rest().hasSuffix("fault connectionsTooMany of /half"))
            // All remaining connections were served. Of those, one with an incomplete head is
            // evicted first.
            newcomers.append(try await server.served())
            #expect(try await served.rest() == "")
            newcomers.append(try await server.served())
            #expect(try await idle.rest() == "")
            for client in newcomers {
                try await client.send(request("GET /new"))
                #expect(try await client.response().body == "GET /new  ")
            }
        }
    }

    @Test func `a flood of heads evicts its own connections, and none that was served`() throws {
        try withConnectionLimit(40) { server in
            var good: [RawClient] = []
            for _ in 0..<30 { good.append(try await server.served()) }
            var flood: [RawClient] = []
            for _ in 0..<200 {
                flood.append(try await server.connect())
                try await flood.last?.send("GET /never HTTP/1.1\r\n")
                try await server.waitForServer()
            }
            // Every connection that was served before is still open.
            var kept = 0
            for client in good {
                do {
                    try await client.send(request("GET /still"))
                    _ = try await client.response()
                    kept += 1
                } catch is SocketFault {}
            }
            #expect(kept == good.count)
        }
    }

    @Test func `heads count against the budget of requests`() throws {
        var limits = Limits()
        limits.bodyBytesInAllMax = 2_000
        try TestServer.run(limits: limits) { server in
            var clients: [RawClient] = []
            for _ in 0..<3 {
                let client = try await server.connect()
                clients.append(client)
                try await client.send(
                    "GET / HTTP/1.1\r\nHost: h\r\nA: " + String(repeating: "a", count: 900))
                try await server.waitForServer()
            }
            #expect(try await clients[2].rest().hasSuffix("fault connectionsTooMany"))
            for client in clients[..<2] {
                try await client.send("\r\n\r\n")
                #expect(try await client.response().body == "GET /  ")
            }
            let next = try await server.connect()
            try await next.send(request("GET /", ["A: " + String(repeating: "a", count: 1_500)]))
            #expect(try await next.response().body == "GET /  ")
        }
    }

    @Test func `the body that has stalled longest is evicted for another`() throws {
        var limits = Limits()
        limits.bodyBytesInAllMax = 10
        limits.stallTimeMin = .milliseconds(20)
        try TestServer.run(limits: limits) { server in
            let stalled = try await server.connect()
            try await stalled.send(request("POST /half", ["Content-Length: 9"]) + "abcdefgh")
            try await server.loop.sleep(for: .milliseconds(50))
            let good = try await server.connect()
            try await good.send(request("POST /", ["Content-Length: 8"]) + "0123")
            try await server.waitForServer()
            try await good.send("4567")
            #expect(try await good.response().body == "POST /  01234567")
            let told = try await stalled.rest()
            #expect(told.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(told.hasSuffix("fault connectionsTooMany of /half"))
        }
    }

    @Test func `bodies beyond the budget are refused, and memory is released`()
        throws
    {
        var limits = Limits()
        limits.bodyBytesInAllMax = 10
        try TestServer.run(limits: limits) { server in
            let first = try await server.connect()
            try await first.send(request("POST /", ["Content-Length: 12"]) + "abcdefgh")
            let second = try await server.connect()
            try await second.send(request("GET /"))
            _ = try await second.response()
            try await second.send(request("POST /", ["Content-Length: 9"]) + "abc")
            #expect(try await second.rest().hasSuffix("fault connectionsTooMany of /"))
            try await first.send("ijkl")
            #expect(try await first.response().body == "POST /  abcdefghijkl")
            for _ in 0..<3 {
                try await first.send(request("POST /", ["Content-Length: 10"]) + "01234")
                try await server.loop.sleep(for: .milliseconds(2))
                try await first.send("56789")
                #expect(try await first.response().body == "POST /  0123456789")
            }
        }
    }

    @Test func `bodies that are announced and do not arrive take no memory from others`() throws {
        var limits = Limits()
        limits.bodyBytesInAllMax = 10
        try TestServer.run(limits: limits) { server in
            let announcers = [try await server.connect(), try await server.connect()]
            for client in announcers {
                try await client.send(request("POST /", ["Content-Length: 10"]) + "a")
            }
            let good = try await server.connect()
            try await good.send(request("GET /"))
            _ = try await good.response()
            try await good.send(request("POST /", ["Content-Length: 10"]) + "01234")
            try await server.loop.sleep(for: .milliseconds(2))
            try await good.send("56789")
            #expect(try await good.response().body == "POST /  0123456789")
        }
    }

    @Test func `an address with too many connections evicts none of others`() throws {
        var limits = Limits()
        limits.connectionCountMax = 2
        limits.connectionsPerAddressMax = 2
        try TestServer.run(limits: limits, exempt: false) { server in
            let served = [try await server.served(), try await server.served()]
            for _ in 0..<3 {
                let refusal = try await server.connect().rest()
                #expect(refusal.hasSuffix("fault connectionsTooMany"))
            }
            for client in served {
                try await client.send(request("GET /still"))
                #expect(try await client.response().body == "GET /still  ")
            }
        }
    }

    private func withConnectionLimit(
        _ count: Int, _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) throws {
        var limits = Limits()
        limits.connectionCountMax = count
        try TestServer.run(limits: limits, body)
    }
}

extension TestServer {
    /// Returns an idle connection that has been answered once.
    func served() async throws -> RawClient {
        let client = try await connect()
        try await client.send(request("GET /"))
        _ = try await client.response()
        try await waitForServer()
        return client
    }

    /// Gives the server time to handle the sent bytes.
    func waitForServer() async throws { try await loop.sleep(for: .milliseconds(2)) }
}
