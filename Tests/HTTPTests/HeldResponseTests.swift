import Encoding
import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import HTTP

/// Responses that wait for an event.
@Suite struct HeldResponseTests {
    /// The event of all held responses of a test.
    final class Event: Sendable {
        struct State {
            var handles: [WakeHandle] = []
            var begun = 0
            var ended = 0
        }

        private let state: LoopBound<Box>
        final class Box { var state = State() }

        init(_ loop: EventLoop) { state = LoopBound(Box(), to: loop) }

        var current: State { state.value.state }
        func begin(_ handle: WakeHandle) {
            state.value.state.handles.append(handle)
            state.value.state.begun += 1
        }
        func end() { state.value.state.ended += 1 }
        func happen() { for handle in state.value.state.handles { handle.wake() } }
    }

    final class Held: HeldResponse {
        let deadline: MonotonicTime
        private let event: Event
        private let isDue: Bool

        init(_ event: Event, until deadline: MonotonicTime, isDue: Bool = false) {
            self.event = event
            self.deadline = deadline
            self.isDue = isDue
        }

        func begin(_ handle: WakeHandle) {
            event.begin(handle)
            if isDue { handle.wake() }
        }

        func end() { event.end() }
    }

    private struct Scene {
        let server: TestServer
        let event: Event

        func wait(until isTrue: () -> Bool) async throws {
            while !isTrue() { try await server.loop.sleep(for: .milliseconds(1)) }
        }

        /// A client whose response is held.
        func held(_ target: String = "/held", path: [String] = []) async throws -> RawClient {
            let begun = event.current.begun
            let client = try await server.connect()
            try await client.send(request("GET \(target)", path))
            try await wait { event.current.begun > begun }
            return client
        }
    }

    /// `/held` is held for ten seconds, `/short` for a millisecond, `/due` has happened before.
    private func withScene(
        limits: Limits = Limits(), _ body: @escaping @Sendable (Scene) async throws -> Void
    ) throws {
        let shared = Shared<Event?>(nil)
        try TestServer.run(
            limits: limits,
            answer: { request in
                guard let event = shared.value, !request.wasHeld, request.path != "/plain" else {
                    return await TestServer.echo(request)
                }
                let time: Duration = request.path == "/short" ? .milliseconds(1) : .seconds(10)
                let held = Held(event, until: .current() + time, isDue: request.path == "/due")
                return Response(.ok, body: .held(held))
            },
            { server in
                let event = Event(server.loop)
                shared.value = event
                try await body(Scene(server: server, event: event))
            })
    }

    @Test func `an event ends the wait, and the connection serves on`() throws {
        try withScene { scene in
            let client = try await scene.held()
            scene.event.happen()
            #expect(try await client.response().body == "GET /held  ")
            #expect(scene.event.current.ended == 1)
            for target in ["GET /plain", "GET /short"] {
                try await client.send(request(target))
                #expect(try await client.response().body == "\(target)  ")
            }
            // A handle of before ends no later wait.
            try await client.send(request("GET /held"))
            try await scene.wait { scene.event.current.begun == 3 }
            scene.event.happen()
            #expect(try await client.response().body == "GET /held  ")
        }
    }

    @Test(arguments: ["GET /short", "GET /due"])
    func `a deadline and an event of before end the wait`(target: String) throws {
        try withScene { scene in
            let client = try await scene.server.connect()
            try await client.send(request(target))
            #expect(try await client.response().body == "\(target)  ")
            #expect(scene.event.current.ended == 1)
        }
    }

    @Test(arguments: [true, false])
    func `a client that leaves gives its place back`(wholly: Bool) throws {
        try withScene { scene in
            let client = try await scene.held()
            if wholly { client.close() } else { client.shutdownWriting() }
            try await scene.wait { scene.event.current.ended == 1 }
            if !wholly { #expect(try await client.response().body == "GET /held  ") }
        }
    }

    @Test func `the next request ends the wait, and is answered after it`() throws {
        try withScene { scene in
            let client = try await scene.held()
            try await client.send(request("GET /plain"))
            #expect(try await client.response().body == "GET /held  ")
            #expect(try await client.response().body == "GET /plain  ")
        }
    }

    @Test func `a request with another behind it is answered at once`() throws {
        try withScene { scene in
            let client = try await scene.server.connect()
            try await client.send(request("GET /held") + request("GET /plain"))
            #expect(try await client.response().body == "GET /held  ")
            #expect(try await client.response().body == "GET /plain  ")
            #expect(scene.event.current.begun == 0 && scene.event.current.ended == 1)
        }
    }

    @Test func `a long head is answered at once`() throws {
        var limits = Limits()
        limits.heldRequestBytesMax = 200
        try withScene(limits: limits) { scene in
            let client = try await scene.server.connect()
            try await client.send(
                request("GET /held", ["X-Long: \(String(repeating: "x", count: 200))"]))
            #expect(try await client.response().body == "GET /held  ")
            #expect(scene.event.current.begun == 0 && scene.event.current.ended == 1)
        }
    }

    @Test func `a held request keeps no body`() throws {
        try withScene { scene in
            let client = try await scene.server.connect()
            let body = String(repeating: "x", count: 60_000)
            try await client.send(request("GET /held", body: body))
            try await scene.wait { scene.event.current.begun == 1 }
            scene.event.happen()
            #expect(try await client.response().body == "GET /held  ")
            // Its body is kept for the answer, so the answer is not held.
            try await client.send(request("POST /held", body: body))
            #expect(try await client.response().body == "POST /held  " + body)
            #expect(scene.event.current.begun == 1 && scene.event.current.ended == 2)
        }
    }

    @Test func `a server that stops answers all of them at once`() throws {
        try withScene { scene in
            var clients: [RawClient] = []
            for _ in 0..<20 { clients.append(try await scene.held()) }
            scene.server.server.stop(within: .seconds(5))
            for client in clients {
                let response = try await client.response()
                #expect(response.head.contains("Connection: close"))
                #expect(response.body == "GET /held  ")
            }
            #expect(scene.event.current.ended == 20)
        }
    }

    @Test func `held ones make way last, and are answered first`() throws {
        var limits = Limits()
        limits.connectionCountMax = 3
        try withScene(limits: limits) { scene in
            let held = [try await scene.held(), try await scene.held()]
            let idle = try await scene.server.connect()
            try await idle.send(request("GET /plain"))
            #expect(try await idle.response().body == "GET /plain  ")
            let next = try await scene.server.connect()
            try await next.send(request("GET /plain"))
            #expect(try await next.response().body == "GET /plain  ")
            #expect(try await idle.rest() == "")
            #expect(scene.event.current.ended == 0)
            let third = try await scene.held()
            #expect(try await next.rest() == "")
            _ = try await scene.server.connect()
            try await scene.wait { scene.event.current.ended == 1 }
            #expect(try await held[0].response().body == "GET /held  ")
            scene.event.happen()
            for client in [held[1], third] {
                #expect(try await client.response().body == "GET /held  ")
            }
        }
    }
}
