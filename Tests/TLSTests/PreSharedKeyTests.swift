import EventLoop
import Testing

@testable import TLS

@Suite struct PreSharedKeyTests {
    private let old = StreamPair.key("chatcore-old", 1)
    private let new = StreamPair.key("chatcore-new", 2)

    private func carriesBothWays(_ pair: StreamPair) throws -> Bool {
        try pair.shakeHands()
        try pair.client.write([1, 2, 3])
        try pair.server.write([4, 5])
        return try pair.carry(from: pair.client, to: pair.server).bytes == [1, 2, 3]
            && pair.carry(from: pair.server, to: pair.client).bytes == [4, 5]
    }

    @Test(arguments: [Int.max, 1])
    func `who holds the key is served`(pieceBytesMax: Int) throws {
        var pair = try StreamPair.preShared([new], [new])
        pair.pieceBytesMax = pieceBytesMax
        #expect(try carriesBothWays(pair))
        #expect(pair.client.version == "TLSv1.3")
    }

    /// One side has the new secret already, then the other.
    @Test func `a key is replaced without a moment of disagreement`() throws {
        for (client, server) in [
            ([old], [new, old]), ([new, old], [new, old]), ([new, old], [old, new]),
            ([new], [new, old]),
        ] {
            #expect(try carriesBothWays(.preShared(client, server)))
        }
    }

    @Test func `the first key alone is presented`() throws {
        let pair = try StreamPair.preShared([old, new], [new])
        #expect(throws: SocketFault.self) { try pair.shakeHands() }
    }

    @Test func `another key under the same name is refused`() throws {
        let pair = try StreamPair.preShared([StreamPair.key("chatcore-new", 3)], [new])
        #expect(throws: SocketFault.self) { try pair.shakeHands() }
    }

    @Test func `without keys nothing is agreed`() throws {
        #expect(throws: SocketFault.self) { try StreamPair.preShared([], [new]).shakeHands() }
        #expect(throws: SocketFault.self) { try StreamPair.preShared([new], []).shakeHands() }
    }

    @Test func `a certificate does not stand in for the key`() throws {
        let (keys, name) = ([new], "chat.test")
        let toServer = try StreamPair(
            .preShared(.client, keys: { keys }), StreamPair.server())
        #expect(throws: SocketFault.self) { try toServer.shakeHands() }
        let fromClient = try StreamPair(
            StreamPair.client(), .preShared(.server, keys: { keys }), host: name)
        #expect(throws: SocketFault.self) { try fromClient.shakeHands() }
        let fromAnyone = try StreamPair(
            StreamPair.client(nil), .preShared(.server, keys: { keys }))
        #expect(throws: SocketFault.self) { try fromAnyone.shakeHands() }
    }

    @Test func `two connections of one key look different`() throws {
        var records: [[UInt8]] = []
        for _ in 0..<2 {
            let pair = try StreamPair.preShared([new], [new])
            try pair.shakeHands()
            try pair.client.write([1, 2, 3])
            records.append(pair.client.takeOutput())
        }
        #expect(records[0] != records[1])
    }
}
