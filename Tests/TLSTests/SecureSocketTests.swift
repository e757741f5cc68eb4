import EventLoop
import Testing

@testable import TLS

/// A server and a client that share a key, on one loop.
private struct Ends: Sendable {
    let listener: LoopBound<Listener>
    let server: SecureServer
    let client: SecureClient
    let loop: EventLoop

    init(_ loop: EventLoop) throws {
        self.loop = loop
        listener = LoopBound(try Listener(.ipv4(0x7f00_0001, port: 0), loop: loop), to: loop)
        let key = StreamPair.key("chatcore", 1)
        server = try SecureServer(preSharedKeys: { [key] }, loop: loop)
        client = try SecureClient(preSharedKeys: { [key] }, loop: loop)
    }

    var address: SocketAddress { listener.value.address }

    func connect() async throws -> Socket {
        let socket = try await Socket.connect(to: address, loop: loop)
        try await client.secure(socket, until: nil)
        return socket
    }

    func accept() async throws -> Socket {
        let socket = try await listener.value.accept().socket(on: loop)
        try await server.secure(socket, until: nil)
        return socket
    }

    /// Runs `serve` with the next connection.
    func serving(
        _ serve: @escaping @Sendable (Socket) async throws -> Void,
        _ body: (Ends) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) { try await serve(try await accept()) }
            try await body(self)
            try await group.waitForAll()
        }
    }
}

private func readAll(_ socket: Socket) async throws -> [UInt8] {
    var received: [UInt8] = []
    while try await socket.read(appendingTo: &received, max: 50_000) > 0 {}
    return received
}

@Suite struct SecureSocketTests {
    @Test func `a gathered write larger than the kernels room arrives whole`() throws {
        let loop = try EventLoop()
        try loop.run {
            let first = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let second = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
            try await Ends(loop).serving { socket in
                let all = try await readAll(socket)
                #expect(all == first + second)
                try await socket.write(Array("sudah".utf8))
                socket.close()
            } _: { ends in
                let socket = try await ends.connect()
                try await socket.write(first, second)
                socket.shutdownWriting()
                #expect(try await readAll(socket) == Array("sudah".utf8))
            }
        }
    }

    @Test func `a head and a small body are one record`() throws {
        let loop = try EventLoop()
        try loop.run {
            try await Ends(loop).serving { socket in
                try await socket.write(Array("kepala".utf8), Array("badan".utf8))
                socket.close()
            } _: { ends in
                let socket = try await ends.connect()
                var received: [UInt8] = []
                let count = try await socket.read(appendingTo: &received, max: 100)
                #expect(count == 11)
            }
        }
    }

    @Test func `a connection that is cut is truncated`() throws {
        let loop = try EventLoop()
        try loop.run {
            try await Ends(loop).serving { socket in
                try await socket.write(Array("setengah".utf8))
                socket.resetOnClose()
                socket.close()
            } _: { ends in
                let socket = try await ends.connect()
                await #expect(throws: SocketFault.self) { _ = try await readAll(socket) }
            }
        }
    }

    @Test func `an end that nobody announced is truncated`() throws {
        let loop = try EventLoop()
        try loop.run {
            try await Ends(loop).serving { socket in
                try await socket.write(Array("setengah".utf8))
                // The filter goes, and with it what would announce the end.
                socket.resetOnClose()
                socket.shutdownWriting()
                _ = try? await readAll(socket)
            } _: { ends in
                let socket = try await ends.connect()
                await #expect(throws: SocketFault.truncated) { _ = try await readAll(socket) }
                socket.close()
            }
        }
    }

    @Test func `an end that this side made is no fault`() throws {
        let loop = try EventLoop()
        try loop.run {
            try await Ends(loop).serving { socket in
                socket.shutdownHandle.end()
                var received: [UInt8] = []
                let count = try await socket.read(appendingTo: &received, max: 10)
                #expect(count == 0)
                socket.close()
            } _: { ends in
                let socket = try await ends.connect()
                _ = try? await readAll(socket)
            }
        }
    }

    @Test func `who does not shake hands is not waited for long`() throws {
        let loop = try EventLoop()
        try loop.run {
            let ends = try Ends(loop)
            let client = try await Socket.connect(to: ends.address, loop: loop)
            let socket = try await ends.listener.value.accept().socket(on: loop)
            await #expect(throws: SocketFault.timeout) {
                try await ends.server.secure(socket, until: loop.now)
            }
            client.close()
        }
    }

    @Test func `a peer that leaves amid the handshake is truncated`() throws {
        let loop = try EventLoop()
        try loop.run {
            let ends = try Ends(loop)
            let client = try await Socket.connect(to: ends.address, loop: loop)
            let socket = try await ends.listener.value.accept().socket(on: loop)
            try await client.write([22, 3, 1])
            client.close()
            await #expect(throws: SocketFault.truncated) {
                try await ends.server.secure(socket, until: nil)
            }
        }
    }
}
