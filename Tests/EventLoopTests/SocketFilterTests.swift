import Testing

@testable import EventLoop

/// Takes all bytes of the wire and never decodes any, as TLS does with requests for new keys.
private final class SwallowingFilter: SocketFilter {
    private(set) var readCount = 0
    var output: [UInt8] = []
    var hasInput: Bool { false }
    var undecodedByteCount: Int { 0 }

    func shakeHands(_ wire: UnsafeRawBufferPointer) -> Bool { true }
    func write(_ bytes: UnsafeRawBufferPointer) {}
    func endWriting() {}

    func read(
        _ wire: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
    ) -> FilteredInput {
        readCount += 1
        return .needsMore
    }
}

@Suite struct SocketFilterTests {
    @Test func `bytes without data neither keep the loop nor pass the deadline`() throws {
        let loop = try EventLoop()
        try loop.run {
            let any = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
            let listener = try Listener(any, loop: loop)
            let client = try await Socket.connect(to: listener.address, loop: loop)
            let server = try await listener.accept().socket(on: loop)
            let filter = SwallowingFilter()
            try await server.secure(with: filter, inTurn: true)
            // The kernel takes some, and the rest is left.
            let flood = [UInt8](repeating: 0, count: 4 << 20)
            _ = try client.writeNow(flood, [], 0..<0, from: 0)
            var received: [UInt8] = []
            let isOver = loop.now
            await #expect(throws: SocketFault.timeout) {
                _ = try await server.read(appendingTo: &received, max: 4_096, until: isOver)
            }
            #expect(filter.readCount <= 3)
            client.close()
        }
    }
}
