import Foundation
import Glibc
import Testing

@testable import EventLoop

/// Two connected sockets on one loop.
private func pair(
    on loop: EventLoop, at address: String = "127.0.0.1"
) async throws -> (client: Socket, server: Socket, listener: Listener) {
    let any = try #require(SocketAddress(numeric: address, port: 0))
    let listener = try Listener(any, loop: loop)
    let client = try await Socket.connect(to: listener.address, loop: loop)
    let server = try await listener.accept().socket(on: loop)
    return (client, server, listener)
}

private func allInput(of accepted: AcceptedConnection, _ loop: EventLoop) async throws -> [UInt8] {
    let socket = try accepted.socket(on: loop)
    var received: [UInt8] = []
    while try await socket.read(appendingTo: &received, max: 100_000) > 0 {}
    return received
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite struct SocketTests {
    @Test(arguments: ["127.0.0.1", "::1"])
    func `written bytes arrive`(address: String) throws {
        let loop = try EventLoop()
        try loop.run {
            let (client, server, _) = try await pair(on: loop, at: address)
            try await client.write(Array("halo ".utf8), Array("dunia".utf8))
            var received: [UInt8] = []
            while received.count < 10 {
                let count = try await server.read(appendingTo: &received, max: 3)
                #expect(count > 0)
            }
            #expect(text(received) == "halo dunia")
            #expect(server.peer.host == address)
            client.close()
            let count = try await server.read(appendingTo: &received, max: 10)
            #expect(count == 0)
        }
    }

    @Test func `a write larger than the kernel's buffer arrives whole`() throws {
        let loop = try EventLoop()
        try loop.run {
            let any = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
            let listener = try Listener(any, loop: loop)
            let client = try await Socket.connect(to: listener.address, loop: loop)
            let accepted = try await listener.accept()
            async let received = allInput(of: accepted, loop)
            let first = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let second = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
            try await client.write(first, second)
            client.shutdownWriting()
            let all = try await received
            #expect(all == first + second)
        }
    }

    @Test func `a read past its deadline times out and the socket stays usable`() throws {
        let loop = try EventLoop()
        try loop.run {
            let (client, server, _) = try await pair(on: loop)
            var received: [UInt8] = []
            for _ in 0..<3 {
                let soon = MonotonicTime.current() + .milliseconds(10)
                await #expect(throws: SocketFault.timeout) {
                    _ = try await server.read(appendingTo: &received, max: 10, until: soon)
                }
            }
            try await client.write([1])
            let later = MonotonicTime.current() + .seconds(60)
            #expect(try await server.read(appendingTo: &received, max: 10, until: later) == 1)
        }
    }

    @Test func `a write that nobody reads times out`() throws {
        let loop = try EventLoop()
        try loop.run {
            let (client, server, _) = try await pair(on: loop)
            let soon = MonotonicTime.current() + .milliseconds(20)
            await #expect(throws: SocketFault.timeout) {
                try await client.write([UInt8](repeating: 0, count: 50_000_000), until: soon)
            }
            server.close()
        }
    }

    @Test func `a cancelled read ends at once`() throws {
        let loop = try EventLoop()
        try loop.run {
            let waiting = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    let (client, server, _) = try await pair(on: loop)
                    defer { client.close() }
                    try await server.waitReadable()
                }
                try await loop.sleep(for: .milliseconds(5))
                group.cancelAll()
                return await group.nextResult()
            }
            guard case .failure(SocketFault.cancelled) = waiting else {
                Issue.record("the read ended with \(String(describing: waiting))")
                return
            }
        }
    }

    @Test func `a port without a listener is refused`() throws {
        let loop = try EventLoop()
        try loop.run {
            let (client, server, listener) = try await pair(on: loop)
            listener.close()
            client.close()
            server.close()
            await #expect(throws: SocketFault.self) {
                _ = try await Socket.connect(to: listener.address, loop: loop)
            }
        }
    }

    @Test func `a taken port is refused`() throws {
        let loop = try EventLoop()
        let any = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let first = try Listener(any, loop: loop)
        #expect(throws: SystemCallError("bind", number: EADDRINUSE)) {
            _ = try Listener(first.address, loop: loop)
        }
    }

    @Test func `a socket in the file system works like any other`() throws {
        let loop = try EventLoop()
        let path = NSTemporaryDirectory() + "eventloop-\(getpid()).sock"
        defer { unlink(path) }
        try loop.run {
            let listener = try Listener(.unix(path: path), loop: loop)
            let client = try await Socket.connect(to: .unix(path: path), loop: loop)
            let server = try await listener.accept().socket(on: loop)
            try await client.write([42])
            var received: [UInt8] = []
            let count = try await server.read(appendingTo: &received, max: 5)
            #expect(count == 1)
            #expect(received == [42])
        }
    }

    @Test func `many connections at once are all served`() throws {
        let loop = try EventLoop()
        let total = try loop.run {
            let any = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
            let listener = try Listener(any, loop: loop)
            let address = listener.address
            return try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<200 {
                    group.addTask(executorPreference: loop) {
                        let client = try await Socket.connect(to: address, loop: loop)
                        try await client.write([UInt8(index)])
                        var answer: [UInt8] = []
                        _ = try await client.read(appendingTo: &answer, max: 1)
                        return Int(answer[0])
                    }
                }
                for _ in 0..<200 {
                    let accepted = try await listener.accept()
                    group.addTask(executorPreference: loop) {
                        let server = try accepted.socket(on: loop)
                        var bytes: [UInt8] = []
                        _ = try await server.read(appendingTo: &bytes, max: 1)
                        try await server.write(bytes)
                        return 0
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        #expect(total == (0..<200).reduce(0, +))
    }
}

@Suite struct SocketAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:80", true), ("10.1.2.3", "10.1.2.3:80", false),
        ("::1", "[::1]:80", true), ("2001:db8::1", "[2001:db8::1]:80", false),
    ])
    func `a numeric address is read and printed`(text: String, printed: String, isLoopback: Bool)
        throws
    {
        let address = try #require(SocketAddress(numeric: text, port: 80))
        #expect(address.description == printed)
        #expect(address.isLoopback == isLoopback)
        let again = address.withSystemForm { form, _ in SocketAddress(form) }
        #expect(again == address)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "::g", " 127.0.0.1"])
    func `other texts are not addresses`(text: String) {
        #expect(SocketAddress(numeric: text, port: 1) == nil)
    }
}
