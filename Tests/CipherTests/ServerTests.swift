import CipherAPI
import Encoding
import EventLoop
import Foundation
import HTTP
import Logging
import Program
import RateLimit
import TestSupport
import Testing

@testable import Cipher

/// A few requests through a real socket, as ChatCore sends them.
struct ServerTests {
    @Test func `texts go round over a kept connection`() throws {
        try withServer { client in
            let nulls = String(repeating: "\0", count: 600_000)
            let longest = String(repeating: "x", count: CipherLimits.textBytesMax)
            for text in ["", "halo", nulls, longest] {
                let item = CipherItem(text: text, keyContext: "c")
                let content = try await client.result("/encrypt", item)
                let sealed = CipherItem(text: content, keyContext: "c")
                #expect(try await client.result("/decrypt", sealed) == text)
            }
        }
    }

    @Test func `a body may have four mebibytes and no byte more`() throws {
        try withServer { client in
            // Spaces are JSON's own way to make a body longer.
            let item = CipherRequest.encode(CipherItem(text: "x"))
            let space = [UInt8](
                repeating: UInt8(ascii: " "), count: CipherLimits.bodyBytesMax - item.count)
            let whole = try await client.send(.post, "/encrypt", body: space + item)
            #expect(whole.status == .ok)
            let more = try await client.send(.post, "/encrypt", body: [0x20] + space + item)
            #expect(more.status == .contentTooLarge)
            #expect(code(more) == "too_large")
            #expect(try await client.send(.get, "/healthz").status == .ok)
        }
    }

    @Test func `a request that breaks HTTP is answered in JSON`() throws {
        try withServer { client in
            let answer = try await client.send(
                .get, "/keys", fields: [("Expect", "the unexpected")])
            #expect(answer.status == .expectationFailed)
            #expect(code(answer) == "unsupported")
        }
    }

    @Test func `the health check sees what readyz says`() throws {
        try withServer(starts: false) { (client) async throws -> Void in
            #expect(try await client.send(.get, "/healthz").status == .ok)
            await #expect(
                throws: StartFailure("http://\(client.address) is not ready: it answers 503")
            ) { try await check(client) }
        }
        try withServer { client in
            try await check(client)
        }
        let loop = try EventLoop()
        #expect(throws: StartFailure.self) {
            try loop.run { try await Healthcheck.run(host: "127.0.0.1", port: 1, loop: loop) }
        }
    }

    private func check(_ client: TestClient) async throws {
        try await Healthcheck.run(
            host: "0.0.0.0", port: client.address.port, loop: client.client.loop)
    }

    private func code(_ answer: ClientResponse) -> String? {
        (try? JSONValue.parse(answer.body.span))?.object?["code"]?.text?.string
    }
}

struct TestClient: Sendable {
    let client: Client
    let address: SocketAddress

    func send(
        _ method: HTTP.Method, _ path: String,
        fields: [(name: StaticString, value: String)] = [], body: [UInt8] = []
    ) async throws -> ClientResponse {
        try await client.send(
            method, path, fields: [("Content-Type", "application/json")] + fields, body: body)
    }

    func result(_ path: String, _ item: CipherItem) async throws -> String {
        let answer = try await send(.post, path, body: CipherRequest.encode(item))
        guard case .single(let result) = try CipherResponse(answer.body) else {
            throw StartFailure("no single result")
        }
        return result.text.string
    }
}

/// Runs `body` beside a server of its own, with a client of its own.
private func withServer(
    starts: Bool = true, _ body: @escaping @Sendable (TestClient) async throws -> Void
) throws {
    try TemporaryFolder.with { folder in
        let loop = try EventLoop()
        try loop.run {
            let vault = KeyVault(
                file: KeyRingFile(path: "\(folder)/keys.json"), budget: try budget(folder),
                loop: loop)
            if starts { _ = try await vault.start(now: WallClock.seconds) }
            let logger = Logger.silent
            let callers = CallerAuthentication(
                secret: nil, log: RateLimitedLog(logger), logger: logger)
            let server = CipherProcess.server(
                CipherApplication(vault: vault, callers: callers, logger: logger), loop: loop,
                logger: logger)
            let listener = try ListeningSocket.open(
                host: "127.0.0.1", port: 0, portOption: "--port", loop: loop)
            let address = listener.address
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    defer { server.stop(within: .seconds(1)) }
                    var limits = ClientLimits()
                    limits.response.bodyBytesMax = CipherLimits.answerBytesMax
                    let client = Client(
                        host: address.host, port: address.port, loop: loop, limits: limits)
                    try await body(TestClient(client: client, address: address))
                    await client.close()
                }
                await server.serve(listener)
                try await group.waitForAll()
            }
        }
    }
}
