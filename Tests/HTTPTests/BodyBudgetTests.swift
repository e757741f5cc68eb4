import Encoding
import EventLoop
import TestSupport
import Testing

@testable import HTTP

/// The memory of complete bodies is bounded while their requests are answered.
@Suite struct BodyBudgetTests {
    private struct Scene {
        let server: TestServer
        let started: Shared<Int>
        let mayFinish: Shared<Bool>

        /// A client whose request is being answered.
        func working(_ text: String) async throws -> RawClient {
            let client = try await server.connect()
            let count = started.value
            try await client.send(text)
            try await server.loop.eventually { started.value == count + 1 }
            return client
        }

        func isRefused(_ text: String) async throws -> Bool {
            let client = try await server.connect()
            try await client.send(text)
            let answer = try await client.response()
            return answer.body == "fault connectionsTooMany of /"
        }
    }

    private static let body = String(repeating: "x", count: 6_000)
    private static let full = request("POST /", body: body)

    /// `/work` is answered once `mayFinish` is true. The budget holds one large body.
    private func withScene(_ body: @escaping @Sendable (Scene) async throws -> Void) throws {
        let (started, mayFinish) = (Shared(0), Shared(false))
        let loop = Shared<EventLoop?>(nil)
        var limits = Limits()
        limits.bodyBytesInAllMax = 10_000
        try TestServer.run(
            limits: limits,
            answer: { request in
                if request.path == "/work" {
                    started.add(1)
                    while !mayFinish.value { try? await loop.value?.sleep(for: .milliseconds(1)) }
                }
                return await TestServer.echo(request)
            },
            { server in
                loop.value = server.loop
                let scene = Scene(server: server, started: started, mayFinish: mayFinish)
                defer { mayFinish.value = true }
                try await body(scene)
            })
    }

    @Test func `a body counts until its answer is known, however it arrived`() throws {
        try withScene { scene in
            let client = try await scene.working(request("POST /work", body: Self.body))
            #expect(try await scene.isRefused(Self.full))
            scene.mayFinish.value = true
            #expect(try await client.response().body == "POST /work  " + Self.body)
            for _ in 0..<3 { #expect(try await !scene.isRefused(Self.full)) }
        }
    }

    @Test func `requests behind the one that is answered count as well`() throws {
        try withScene { scene in
            let behind = String(repeating: request("GET /"), count: 200)
            let client = try await scene.working(request("GET /work") + behind)
            defer { client.close() }
            #expect(try await scene.isRefused(Self.full))
        }
    }

    @Test(arguments: ["GET", "HEAD"])
    func `nothing keeps the body of a request that has no use for one`(method: String) throws {
        try withScene { scene in
            let client = try await scene.working(request("\(method) /work", body: Self.body))
            #expect(try await !scene.isRefused(Self.full))
            scene.mayFinish.value = true
            let answer = try await client.response(hasBody: method == "GET")
            #expect(answer.body == (method == "GET" ? "GET /work  " : ""))
        }
    }

    @Test func `small bodies are kept however full the budget is`() throws {
        try withScene { scene in
            let client = try await scene.working(request("POST /work", body: Self.body))
            defer { client.close() }
            let small = request("POST /", body: String(repeating: "x", count: 4_096))
            for _ in 0..<3 { #expect(try await !scene.isRefused(small)) }
            #expect(try await scene.isRefused(Self.full))
        }
    }
}
