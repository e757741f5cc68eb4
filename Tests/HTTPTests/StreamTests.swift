import Encoding
import EventLoop
import Foundation
import Testing
import TestSupport

@testable import HTTP

@Suite struct StreamTests {
    private struct Broken: Error {}

    @Test func `a stream is chunked, and the connection lives on`() throws {
        try TestServer.run(answer: StreamTests.threePieces) { server in
            let client = try await server.connect()
            try await client.send(
                request("GET /") + request("HEAD /") + request("GET /", ["Connection: close"]))
            let answers = try await client.rest().components(separatedBy: "HTTP/1.1 200 OK")
            try #require(answers.count == 4)
            #expect(answers[1].hasSuffix("\r\n\r\n3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n"))
            #expect(answers[1].contains("Transfer-Encoding: chunked\r\n"))
            #expect(answers[2].hasSuffix("nosniff\r\n\r\n"))
        }
    }

    @Test func `in 1_0 the stream ends with the connection`() throws {
        try TestServer.run(answer: StreamTests.threePieces) { server in
            let client = try await server.connect()
            try await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let answer = try await client.rest()
            #expect(answer.hasSuffix("\r\n\r\nonetwothree"))
            #expect(answer.contains("Connection: close\r\n"))
        }
    }

    @Test func `a stream that fails at once is a fault, later an end without the last chunk`()
        throws
    {
        try TestServer.run(
            answer: { request in
                Response(
                    .ok,
                    body: .stream { writer in
                        if request.path == "/later" { try await writer.write([97]) }
                        throw Broken()
                    })
            },
            { server in
                let early = try await server.connect()
                try await early.send(request("GET /"))
                let answer = try await early.rest()
                #expect(answer.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
                #expect(answer.hasSuffix("fault answerFailed of /"))
                let late = try await server.connect()
                try await late.send(request("GET /later"))
                #expect(try await late.rest().hasSuffix("\r\n\r\n1\r\na"))
            })
    }

    @Test func `in 1_0 a stream that fails later ends with a reset`() throws {
        try TestServer.run(
            answer: { _ in
                Response(
                    .ok,
                    body: .stream { writer in
                        try await writer.write([97])
                        throw Broken()
                    })
            },
            { server in
                let client = try await server.connect()
                try await client.send("GET / HTTP/1.0\r\n\r\n")
                await #expect(throws: SocketFault.system(.init("recv", number: ECONNRESET))) {
                    _ = try await client.rest()
                }
            })
    }

    @Test func `a stream waits for its reader, and meanwhile others are served`() throws {
        let written = Shared(0)
        let count = 1000
        try TestServer.run(
            answer: { request in
                guard request.path == "/large" else { return await TestServer.echo(request) }
                return Response(
                    .ok,
                    body: .stream { writer in
                        for _ in 0..<count {
                            try await writer.write([UInt8](repeating: 97, count: 65_536))
                            written.add(1)
                        }
                    })
            },
            { server in
                let reader = try await server.connect()
                try await reader.send(request("GET /large", ["Connection: close"]))
                let other = try await server.connect()
                for _ in 0..<20 {
                    try await other.send(request("GET /"))
                    _ = try await other.response()
                    try await server.loop.sleep(for: .milliseconds(2))
                }
                // The kernel buffers some megabytes. The stream makes no more than that.
                #expect(written.value < count / 2)
                let answer = try await reader.rest()
                #expect(answer.utf8.count { $0 == 97 } >= count * 65_536)
                #expect(answer.hasSuffix("\r\n0\r\n\r\n"))
            })
    }

    private static let threePieces: @Sendable (Request) async -> Response = { _ in
        Response(
            .ok,
            body: .stream { writer in
                for piece in ["one", "two", "", "three"] {
                    try await writer.write(Array(piece.utf8))
                }
            })
    }
}
