import Encoding
import EventLoop
import Foundation
import InMemoryLogging
import Logging
import RateLimit
import Testing
import TestSupport

@testable import HTTP

/// The memory of responses that wait for their clients is bounded, and slow clients are closed.
@Suite struct AnswerBudgetTests {
    private static let piece = [UInt8](repeating: 97, count: 40_000)
    /// More bytes than the kernels of both sides buffer.
    private static let largeBytes = 4 << 20

    @Test func `beyond the budget a large answer is refused and a small one passes`() throws {
        var limits = Limits()
        limits.answerBytesInAllMax = Self.largeBytes + 100_000
        try TestServer.run(limits: limits, answer: Self.large) { server in
            let stalled = try await server.connect()
            try await stalled.send(request("GET /whole"))
            try await server.waitForServer()
            for path in ["/whole", "/stream"] {
                let refused = try await server.connect()
                try await refused.send(request("GET \(path)", ["Connection: close"]))
                if path == "/stream" {
                    #expect(try await refused.rest().hasSuffix("\r\n0\r\n\r\n"))
                } else {
                    let answer = try await refused.rest()
                    #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
                    #expect(answer.hasSuffix("fault answersTooMany of /whole"))
                }
            }
            let small = try await server.connect()
            try await small.send(request("GET /small"))
            #expect(try await small.response().body == "GET /small  ")
            // The end of the connection releases its memory.
            stalled.close()
            try await server.waitForServer()
            let next = try await server.connect()
            try await next.send(request("GET /whole", ["Connection: close"]))
            #expect(try await next.rest().utf8.count > Self.largeBytes)
        }
    }

    @Test func `a stream holds its place in the budget from its beginning to its end`() throws {
        var limits = Limits()
        limits.answerBytesInAllMax = 3 * limits.pieceBytesMax
        try TestServer.run(limits: limits, answer: Self.large) { server in
            var stalled: [RawClient] = []
            for _ in 0..<3 {
                stalled.append(try await server.connect())
                try await stalled.last?.send(request("GET /stream", ["X: long"]))
            }
            try await server.waitForServer()
            let refused = try await server.connect()
            try await refused.send(request("GET /stream"))
            #expect(try await refused.rest().hasSuffix("fault answersTooMany of /stream"))
            for client in stalled { client.close() }
            try await server.waitForServer()
            let next = try await server.connect()
            try await next.send(request("GET /stream", ["Connection: close"]))
            #expect(try await next.rest().hasSuffix("\r\n0\r\n\r\n"))
        }
    }

    @Test func `bytes that stay in memory anyway are not charged`() throws {
        var limits = Limits()
        limits.answerBytesInAllMax = 10_000
        try TestServer.run(limits: limits, answer: Self.large) { server in
            let stalled = [try await server.connect(), try await server.connect()]
            for client in stalled { try await client.send(request("GET /shared")) }
            try await server.waitForServer()
            let good = try await server.connect()
            try await good.send(request("GET /shared", ["Connection: close"]))
            #expect(try await good.rest().utf8.count > Self.largeBytes)
        }
    }

    @Test func `the connection whose reader has stalled longest is evicted`() throws {
        var limits = Limits()
        limits.answerBytesInAllMax = Self.largeBytes + 100_000
        limits.stallTimeMin = .milliseconds(20)
        try TestServer.run(limits: limits, answer: Self.large) { server in
            let stalled = try await server.connect()
            try await stalled.send(request("GET /whole"))
            try await server.loop.sleep(for: .milliseconds(50))
            let good = try await server.connect()
            try await good.send(request("GET /whole", ["Connection: close"]))
            #expect(try await good.rest().utf8.count > Self.largeBytes)
            // The response is cut off, and the kernel drops the rest of it.
            await #expect(throws: SocketFault.system(.init("recv", number: ECONNRESET))) {
                _ = try await stalled.rest()
            }
        }
    }

    @Test func `small answers and further requests are charged once nobody reads them`() throws {
        var limits = Limits()
        limits.answerBytesInAllMax = 8_000
        limits.stallTimeMin = .seconds(60)
        try TestServer.run(limits: limits, answer: Self.large) { server in
            let stalled = try await server.connect()
            // Fills the buffers of both kernels.
            try await stalled.send(String(repeating: request("GET /small4k"), count: 1_000))
            try await server.loop.sleep(for: .milliseconds(200))
            let refused = try await server.connect()
            try await refused.send(request("GET /middle"))
            #expect(try await refused.rest().hasSuffix("fault answersTooMany of /middle"))
            stalled.close()
            try await server.waitForServer()
            let good = try await server.connect()
            try await good.send(request("GET /middle"))
            #expect(try await good.response().body.utf8.count == 6_000)
        }
    }

    @Test func `a reader below the rate is closed after its grace, one above it is not`() throws {
        var limits = Limits()
        limits.writeTimeMax = .seconds(60)
        limits.readerGraceTimeMax = .milliseconds(200)
        limits.pieceBytesMax = 16 << 10
        limits.readerBytesPerSecondMin = 4 << 20
        try TestServer.run(limits: limits, answer: Self.large) { server in
            let slow = try await server.connect()
            try await slow.send(request("GET /whole"))
            await #expect(throws: SocketFault.self) {
                try await slow.read(Self.largeBytes, bytesPerSecond: 1 << 20)
            }
            let fast = try await server.connect()
            try await fast.send(request("GET /whole"))
            try await fast.read(Self.largeBytes, bytesPerSecond: 32 << 20)
        }
    }

    @Test func `refusals for lack of memory are reported`() throws {
        let loop = try EventLoop()
        let handler = InMemoryLogHandler()
        let shedding = LoadShedding(RateLimitedLog(.test(handler)))
        var limits = Limits()
        limits.answerBytesInAllMax = 10_000
        let connections = ConnectionRegistry(limits, shedding: shedding)
        let memory = ConnectionMemory(limits, connections, shedding: shedding)
        try loop.run {
            let status = ConnectionStatus(
                try Listener(.ipv4(0x7f00_0001, port: 0), loop: loop).shutdownHandle)
            #expect(memory.charge(10_000, for: .answers, to: status, at: loop.now))
            #expect(!shedding.isShedding)
            #expect(!memory.charge(1, for: .answers, to: status, at: loop.now))
            #expect(shedding.isShedding)
            #expect(handler.entries.count == 1)
            #expect(!memory.charge(1, for: .answers, to: status, at: loop.now))
            #expect(handler.entries.count == 1)
            memory.release(.answers, of: status)
            #expect(memory.charge(10_000, for: .answers, to: status, at: loop.now))
            memory.release(.answers, of: status)
        }
    }

    private static let large: @Sendable (Request) async -> Response = { request in
        switch request.path {
        case "/whole":
            Response(.ok, body: .bytes([UInt8](repeating: 97, count: largeBytes)))
        case "/shared":
            Response(.ok, body: .shared([UInt8](repeating: 97, count: largeBytes)))
        case "/middle": Response(.ok, body: .bytes([UInt8](repeating: 97, count: 6_000)))
        case "/small4k": Response(.ok, body: .bytes([UInt8](repeating: 97, count: 4_000)))
        case "/stream":
            Response(
                .ok,
                body: .stream { writer in
                    for _ in 0..<100 { try await writer.write(piece) }
                })
        default: await TestServer.echo(request)
        }
    }
}
