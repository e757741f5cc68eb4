import Encoding
import EventLoop
import Testing
import TestSupport

@testable import HTTP

/// Bodies of PUT that are read while they arrive.
@Suite struct StreamedBodyTests {
    /// Answers with the lengths of the pieces that it reads, up to a number of bytes.
    private struct Reader: Handler {
        var pieceBytes = 1_000
        var bytesMax = Int.max

        func answer(_ request: Request) async -> Response {
            Response(.ok, body: .bytes(Array("whole \(request.body.count)".utf8)))
        }

        func answer(_ request: Request, _ body: IncomingBody) async -> Response {
            var (pieces, count) = (0, 0)
            do {
                while body.left > 0, count < bytesMax {
                    let piece = try await body.read(pieceBytes)
                    guard piece.allSatisfy({ $0 == UInt8(ascii: "x") }) else {
                        return Response(.badRequest)
                    }
                    (pieces, count) = (pieces + 1, count + piece.count)
                }
            } catch {
                return refuse(error, request)
            }
            return Response(.ok, body: .bytes(Array("\(count) in \(pieces)".utf8)))
        }

        func refuse(_ fault: HTTPFault, _ request: Request?) -> Response {
            Response(fault.status, body: .bytes(Array("\(fault)".utf8)))
        }
    }

    private static func run(
        _ reader: Reader = Reader(), bodyTimeMax: Duration = .seconds(30),
        bodyBytesInAllMax: Int = 64 << 20,
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) throws {
        var limits = Limits()
        limits.streamedBodyBytesMax = 1 << 20
        limits.bodyTimeMax = bodyTimeMax
        limits.bodyBytesInAllMax = bodyBytesInAllMax
        try TestServer.run(limits: limits, handler: reader, body)
    }

    private static func put(_ count: Int, _ more: String = "", sent: Int? = nil) -> String {
        "PUT /a HTTP/1.1\r\nHost: h\r\n\(more)Content-Length: \(count)\r\n\r\n"
            + String(repeating: "x", count: sent ?? count)
    }

    @Test func `a body is read in pieces, and the next request begins behind it`() throws {
        try Self.run { server in
            let client = try await server.connect()
            let counts = [1, 999, 1_000, 1_001, 300_000]
            try await client.send(counts.map { Self.put($0) }.joined() + request("GET /b"))
            for count in counts {
                let answer = try await client.response()
                #expect(answer.body == "\(count) in \((count + 999) / 1_000)")
            }
            #expect(try await client.response().body == "whole 0")
        }
    }

    @Test func `a body longer than the limit is refused before a byte of it`() throws {
        try Self.run { server in
            let client = try await server.connect()
            try await client.send(Self.put((1 << 20) + 1, sent: 0))
            #expect(try await client.rest().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `what the endpoint leaves of a short body is dropped`() throws {
        try Self.run(Reader(bytesMax: 1)) { server in
            let client = try await server.connect()
            try await client.send(Self.put(5_000) + Self.put(1))
            #expect(try await client.response().body == "1000 in 1")
            #expect(try await client.response().body == "1 in 1")
        }
    }

    @Test func `what the endpoint leaves of a long body ends the connection`() throws {
        try Self.run(Reader(bytesMax: 1)) { server in
            let client = try await server.connect()
            try await client.send(Self.put(200_000, sent: 1_000))
            let (head, body) = try await client.response()
            #expect(head.contains("Connection: close\r\n") && body == "1000 in 1")
        }
    }

    @Test func `the client is told to go on once the body is read`() throws {
        try Self.run { server in
            let client = try await server.connect()
            try await client.send(Self.put(10, "Expect: 100-continue\r\n", sent: 0))
            #expect(try await client.response().head.hasPrefix("HTTP/1.1 100 "))
            try await client.send(String(repeating: "x", count: 10))
            #expect(try await client.response().body == "10 in 1")
        }
    }

    @Test func `a body that does not come is refused as too slow`() throws {
        try Self.run(bodyTimeMax: .milliseconds(100)) { server in
            let client = try await server.connect()
            try await client.send(Self.put(5_000, sent: 1_500))
            #expect(try await client.rest().hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `who announces much and sends little takes no memory from others`() throws {
        try Self.run(Reader(pieceBytes: 60_000), bodyBytesInAllMax: 100_000) { server in
            var silent: [RawClient] = []
            for _ in 0..<4 {
                silent.append(try await server.connect())
                try await silent.last?.send(Self.put(60_000, sent: 1_000))
            }
            let client = try await server.connect()
            try await client.send(Self.put(60_000))
            #expect(try await client.response().body == "60000 in 1")
            for other in silent {
                try await other.send(String(repeating: "x", count: 59_000))
                #expect(try await other.response().body == "60000 in 1")
            }
        }
    }

    @Test func `bytes that were lost are not looked for in the next request`() throws {
        try Self.run(bodyTimeMax: .milliseconds(100)) { server in
            let client = try await server.connect()
            try await client.send(Self.put(5_000, sent: 1_500))
            let (head, _) = try await client.response()
            #expect(head.hasPrefix("HTTP/1.1 408 ") && head.contains("Connection: close\r\n"))
        }
    }

    @Test func `a chunked body is not streamed`() throws {
        try Self.run { server in
            let client = try await server.connect()
            try await client.send(
                "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nxxx\r\n0\r\n\r\n")
            #expect(try await client.response().body == "whole 3")
        }
    }
}
