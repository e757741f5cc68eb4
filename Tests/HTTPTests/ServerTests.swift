import Encoding
import EventLoop
import Synchronization
import Testing
import TestSupport

@testable import HTTP

@Suite struct ServerTests {
    @Test func `one connection carries one request after the other`() throws {
        try TestServer.run { server in
            let client = try await server.connect()
            for number in 0..<3 {
                try await client.send(request("POST /\(number)?a=b", body: "body"))
                let (head, body) = try await client.response()
                #expect(head.hasPrefix("HTTP/1.1 200 OK\r\nDate: "))
                #expect(head.contains("X-Content-Type-Options: nosniff\r\n"))
                #expect(!head.contains("Connection"))
                #expect(body == "POST /\(number) a=b body")
            }
        }
    }

    @Test func `pipelined requests are answered in order`() throws {
        try TestServer.run { server in
            let client = try await server.connect()
            let count = 500
            try await client.send((0..<count).map { request("GET /\($0)") }.joined())
            for number in 0..<count {
                #expect(try await client.response().body == "GET /\(number)  ")
            }
        }
    }

    @Test func `a long body ends where its length says, and the next request begins there`() throws
    {
        var limits = Limits()
        limits.bodyBytesMax = 1 << 20
        try TestServer.run(
            limits: limits,
            answer: { request in
                let isWhole = request.body.allSatisfy { $0 == UInt8(ascii: "x") }
                return Response(.ok, body: .bytes(Array("\(request.body.count) \(isWhole)".utf8)))
            },
            { server in
                let client = try await server.connect()
                // Longer than the reads of a head and of a body.
                let counts = [20_000, 0, 100_000, 16 << 10, 1]
                let requests = counts.map { count in
                    request("POST /", body: String(repeating: "x", count: count))
                }
                try await client.send(requests.joined())
                for count in counts {
                    #expect(try await client.response().body == "\(count) true")
                }
            })
    }

    @Test func `many requests of one client at once do not delay another client`() throws {
        let order = Mutex<[String]>([])
        let noting: @Sendable (Request) async -> Response = { request in
            order.withLock { $0.append(request.path.string) }
            return await TestServer.echo(request)
        }
        try TestServer.run(answer: noting) { server in
            let (greedy, modest) = (try await server.connect(), try await server.connect())
            for client in [greedy, modest] {
                try await client.send(request("GET /first"))
                _ = try await client.response()
            }
            try await greedy.send((0..<200).map { request("GET /\($0)") }.joined())
            try await modest.send(request("GET /modest"))
            #expect(try await modest.response().body == "GET /modest  ")
            let before = order.withLock { $0.firstIndex(of: "/modest") }
            #expect(try #require(before) < 20, "200 wait")
        }
    }

    @Test func `a request may arrive byte by byte`() throws {
        try TestServer.run { server in
            let client = try await server.connect()
            for character in request("POST /", body: "ab").unicodeScalars {
                try await client.send(String(character))
                await Task.yield()
            }
            #expect(try await client.response().body == "POST /  ab")
        }
    }

    @Test func `close is honoured, and 1_0 closes unless it asks for keep-alive`() throws {
        try TestServer.run { server in
            let closing = try await server.connect()
            try await closing.send(request("GET /", ["Connection: close"]) + request("GET /2"))
            let answer = try await closing.rest()
            #expect(answer.contains("Connection: close\r\n") && answer.hasSuffix("GET /  "))

            let old = try await server.connect()
            try await old.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try await old.rest().contains("Connection: close\r\n"))

            let staying = try await server.connect()
            for _ in 0..<2 {
                try await staying.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(try await staying.response().head.contains("Connection: keep-alive\r\n"))
            }
        }
    }

    @Test func `a client that has ended its output still reads its answer`() throws {
        try TestServer.run { server in
            let client = try await server.connect()
            try await client.send(request("GET /half"))
            client.shutdownWriting()
            #expect(try await client.rest().hasSuffix("GET /half  "))
        }
    }

    @Test func `HEAD is answered without a body`() throws {
        try TestServer.run { server in
            let client = try await server.connect()
            try await client.send(request("HEAD /") + request("GET /"))
            let (head, _) = try await client.response(hasBody: false)
            #expect(head.contains("Content-Length: 8\r\n"))
            #expect(try await client.response().body == "GET /  ")
        }
    }

    @Test func `100-continue is answered, unless the body is refused`() throws {
        try TestServer.run { server in
            let fields = ["Expect: 100-continue", "Content-Length: 2"]
            let client = try await server.connect()
            try await client.send(request("POST /", fields))
            #expect(try await client.response().head == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("ab")
            #expect(try await client.response().body == "POST /  ab")

            let large = try await server.connect()
            try await large.send(
                request("POST /", ["Expect: 100-continue", "Content-Length: 99999999"]))
            #expect(try await large.rest().hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
        }
    }

    @Test func `after a fault there is one answer, and nothing more is a request`() throws {
        let answered = Shared(0)
        try TestServer.run(
            answer: { request in
                answered.add(1)
                return await TestServer.echo(request)
            },
            { server in
                let client = try await server.connect()
                let smuggled = request("GET /smuggled")
                try await client.send(
                    request("GET /good")
                        + request("POST /", ["Content-Length: 1", "Content-Length: 1"]) + "x"
                        + smuggled)
                #expect(try await client.response().body == "GET /good  ")
                let answer = try await client.rest()
                #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
                #expect(answer.contains("Connection: close\r\n"))
                #expect(answer.hasSuffix("fault lengthMalformed of /"))
            })
        #expect(answered.value == 1)
    }

    @Test(arguments: [
        ("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n", "bodyTooLarge of /a"),
        ("POST /a HTTP/1.1\r\nHost: h\r\nExpect: more\r\n", "expectationUnknown of /a"),
        ("POST /a HTTP/1.0\r\n", "lengthRequired of /a"),
        ("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nHost: h\r\n", "hostMalformed"),
        ("POST /a HTTP/1.1\r\nHost: h\r\nA\r\n", "fieldMalformed"),
    ])
    func `the refusal of a valid head knows its request`(
        head: String, fault: String
    ) throws {
        try TestServer.run { server in
            let client = try await server.connect()
            try await client.send(request("GET /before") + head + "\r\n")
            _ = try await client.response()
            #expect(try await client.rest().hasSuffix("fault \(fault)"))
        }
    }

    @Test func `the answer to a refused upload is not lost in a reset`() throws {
        try TestServer.run { server in
            let client = try await server.connect()
            try await client.send(request("POST /", ["Content-Length: 200000"]))
            try await client.send(String(repeating: "x", count: 200_000))
            #expect(try await client.rest().hasSuffix("fault bodyTooLarge of /"))
        }
    }

    @Test func `connections beyond the limit are refused until a place is free`() throws {
        var limits = Limits()
        limits.connectionsPerAddressMax = 2
        try TestServer.run(limits: limits, exempt: false) { server in
            let first = try await server.connect()
            let second = try await server.connect()
            for client in [first, second] {
                try await client.send(request("GET /"))
                _ = try await client.response()
            }
            let third = try await server.connect()
            let refusal = try await third.rest()
            #expect(refusal.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            third.close()
            first.close()
            while true {
                let next = try await server.connect()
                try await next.send(request("GET /", ["Connection: close"]))
                if try await next.rest().hasPrefix("HTTP/1.1 200") { break }
                try await server.loop.sleep(for: .milliseconds(1))
            }
        }
    }

    @Test func `a target too long and a head too large have statuses of their own`() throws {
        try TestServer.run { server in
            let long = try await server.connect()
            try await long.send(request("GET /" + String(repeating: "a", count: 9000)))
            #expect(try await long.rest().hasPrefix("HTTP/1.1 414 URI Too Long\r\n"))
            let large = try await server.connect()
            try await large.send(request("GET /", ["A: " + String(repeating: "a", count: 17_000)]))
            #expect(try await large.rest().hasPrefix("HTTP/1.1 431 Request Header Fields"))
        }
    }
}
