import Encoding
import EventLoop
import Testing
import TestSupport

@testable import HTTP

/// Requests that wait for a connection of the client.
@Suite struct ClientTurnTests {
    /// Runs `body` with a client whose one connection is in use by a request without a response.
    private func run(
        _ body: @escaping @Sendable (Client, TestServer) async throws -> Void
    ) throws {
        let started = Shared(false)
        let loop = Shared<EventLoop?>(nil)
        try TestServer.run(
            answer: { request in
                started.value = true
                while request.path == "/never", !Task.isCancelled {
                    try? await loop.value?.sleep(for: .milliseconds(1))
                }
                return Response(.ok)
            },
            { server in
                loop.value = server.loop
                var limits = ClientLimits()
                limits.connectionCountMax = 1
                let client = Client(
                    host: "127.0.0.1", port: server.address.port, loop: server.loop,
                    limits: limits)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask(executorPreference: server.loop) {
                        _ = try? await client.send(.get, "/never")
                    }
                    while !started.value { await Task.yield() }
                    try await body(client, server)
                    group.cancelAll()
                }
                #expect(try await client.send(.get, "/").status == .ok)
                await client.close()
            })
    }

    @Test func `a cancelled request does not wait for a connection any longer`() throws {
        try run { client, server in
            await withTaskGroup(of: ClientFault?.self) { group in
                for _ in 0..<3 {
                    group.addTask(executorPreference: server.loop) {
                        await fault { try await client.send(.get, "/") }
                    }
                }
                for _ in 0..<10 { await Task.yield() }
                group.cancelAll()
                for await fault in group { #expect(fault == .cancelled) }
            }
        }
    }

    @Test func `closing a client ends the waits of its requests`() throws {
        let started = Shared(false)
        try TestServer.run(
            answer: { _ in
                started.value = true
                while !Task.isCancelled { await Task.yield() }
                return Response(.ok)
            },
            { server in
                var limits = ClientLimits()
                limits.connectionCountMax = 1
                let client = Client(
                    host: "127.0.0.1", port: server.address.port, loop: server.loop,
                    limits: limits)
                await withTaskGroup(of: ClientFault?.self) { group in
                    group.addTask(executorPreference: server.loop) {
                        await fault { try await client.send(.get, "/") }
                    }
                    while !started.value { await Task.yield() }
                    group.addTask(executorPreference: server.loop) {
                        await fault { try await client.send(.get, "/") }
                    }
                    for _ in 0..<10 { await Task.yield() }
                    await client.close()
                    #expect(await group.next() == .closed)
                    group.cancelAll()
                }
            })
    }
}
