import Encoding
import EventLoop
import Testing
import TestSupport

@testable import HTTP

@Suite struct ServerTimeTests {
    @Test func `a head and a body that take too long are answered with 408`() throws {
        var limits = Limits()
        limits.headTimeMax = .milliseconds(50)
        limits.bodyTimeMax = .milliseconds(50)
        try TestServer.run(limits: limits) { server in
            let slowHead = try await server.connect()
            try await slowHead.send("GET / HTTP/1.1\r\n")
            #expect(try await slowHead.rest().hasSuffix("fault headTimeout"))

            let slowBody = try await server.connect()
            try await slowBody.send(request("POST /", ["Content-Length: 5"]) + "a")
            let answer = try await slowBody.rest()
            #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(answer.hasSuffix("fault bodyTimeout of /"))
        }
    }

    @Test func `single bytes do not extend a deadline`() throws {
        var limits = Limits()
        limits.headTimeMax = .milliseconds(50)
        try TestServer.run(limits: limits) { server in
            let client = try await server.connect()
            do {
                for character in "GET /" + String(repeating: "a", count: 5000) {
                    try await client.send(String(character))
                    try await server.loop.sleep(for: .milliseconds(1))
                }
                Issue.record("all was taken")
            } catch is SocketFault {}
        }
    }

    @Test func `an idle connection is closed without an answer`() throws {
        var limits = Limits()
        limits.idleTimeMax = .milliseconds(50)
        try TestServer.run(limits: limits) { server in
            let fresh = try await server.connect()
            #expect(try await fresh.rest() == "")
            let used = try await server.connect()
            try await used.send(request("GET /"))
            _ = try await used.response()
            #expect(try await used.rest() == "")
        }
    }

    @Test func `a client that does not read its answer is closed`() throws {
        var limits = Limits()
        limits.writeTimeMax = .milliseconds(50)
        let failed = Shared(false)
        try TestServer.run(
            limits: limits,
            answer: { _ in
                Response(
                    .ok,
                    body: .stream { writer in
                        do {
                            while true {
                                try await writer.write([UInt8](repeating: 1, count: 65_536))
                            }
                        } catch {
                            failed.value = true
                            throw error
                        }
                    })
            },
            { server in
                let client = try await server.connect()
                try await client.send(request("GET /"))
                while !failed.value {
                    try await server.loop.sleep(for: .milliseconds(5))
                }
                client.close()
            })
    }

    @Test func `stopping finishes requests under way and ends idle connections`() throws {
        let (started, mayFinish) = (Shared(false), Shared(false))
        let loop = Shared<EventLoop?>(nil)
        try TestServer.run(
            answer: { request in
                if request.path == "/slow" {
                    started.value = true
                    while !mayFinish.value, !Task.isCancelled {
                        try? await loop.value?.sleep(for: .milliseconds(1))
                    }
                }
                return await TestServer.echo(request)
            },
            { server in
                loop.value = server.loop
                let idle = try await server.connect()
                try await idle.send(request("GET /"))
                _ = try await idle.response()
                let fresh = try await server.connect()
                let busy = try await server.connect()
                try await busy.send(request("GET /slow") + request("GET /never"))
                while !started.value { await Task.yield() }

                server.server.stop(within: .seconds(60))
                #expect(try await idle.rest() == "")
                #expect(try await fresh.rest() == "")
                await #expect(throws: SocketFault.self) {
                    let late = try await server.connect()
                    try await late.send(request("GET /"))
                    if try await late.rest() == "" { throw SocketFault.closed }
                }
                mayFinish.value = true
                let answer = try await busy.rest()
                #expect(answer.contains("Connection: close\r\n"))
                #expect(answer.hasSuffix("GET /slow  "))
            })
    }

    @Test func `stopping waits for the rest of a head, though not for long`() throws {
        var limits = Limits()
        for time in [Duration.seconds(60), .milliseconds(20)] {
            limits.stoppingHeadTimeMax = time
            try TestServer.run(limits: limits) { server in
                let client = try await server.connect()
                try await client.send("GET /late HTTP/1.1\r\nHost:")
                try await server.loop.sleep(for: .milliseconds(20))

                server.server.stop(within: .seconds(60))
                if time < .seconds(1) {
                    #expect(try await client.rest() == "")
                } else {
                    try await client.send(" h\r\n\r\n")
                    #expect(try await client.rest().hasSuffix("GET /late  "))
                }
            }
        }
    }

    @Test func `stopping waits for the rest of a body`() throws {
        var limits = Limits()
        limits.stoppingHeadTimeMax = .zero
        try TestServer.run(limits: limits) { server in
            let client = try await server.connect()
            try await client.send(request("POST /", ["Content-Length: 2"]) + "a")
            try await server.loop.sleep(for: .milliseconds(20))

            server.server.stop(within: .seconds(60))
            try await server.loop.sleep(for: .milliseconds(50))
            try await client.send("b")
            #expect(try await client.rest().hasSuffix("POST /  ab"))
        }
    }

    @Test func `a request that does not finish in time is cancelled`() throws {
        let wasCancelled = Shared(false)
        let loop = Shared<EventLoop?>(nil)
        try TestServer.run(
            answer: { request in
                while !Task.isCancelled {
                    try? await loop.value?.sleep(for: .milliseconds(1))
                }
                wasCancelled.value = true
                return Response(.ok)
            },
            { server in
                loop.value = server.loop
                let client = try await server.connect()
                try await client.send(request("GET /"))
                try await server.loop.sleep(for: .milliseconds(20))
                server.server.stop(within: .milliseconds(20))
                _ = try? await client.rest()
            })
        #expect(wasCancelled.value)
    }
}
