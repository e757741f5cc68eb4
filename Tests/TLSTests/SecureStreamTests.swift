import EventLoop
import Testing

@testable import TLS

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

private func reason(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return "\(error)" }
    return nil
}

@Suite struct CertificateTests {
    @Test(arguments: [Int.max, 1, 7, 1000])
    func `both ends read what the other writes`(pieceBytesMax: Int) throws {
        var pair = try StreamPair(
            StreamPair.client(), StreamPair.server(), host: "chat.test")
        pair.pieceBytesMax = pieceBytesMax
        try pair.shakeHands()
        #expect(pair.server.version == "TLSv1.3")
        let long = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try pair.client.write(long)
        #expect(try pair.carry(from: pair.client, to: pair.server).bytes == long)
        try pair.server.write(Array("halo".utf8))
        #expect(try text(pair.carry(from: pair.server, to: pair.client).bytes) == "halo")
    }

    @Test(arguments: ["chat.test", "satu.rooms.test", "127.0.0.1"])
    func `a host that the certificate names is believed`(host: String) throws {
        try StreamPair(StreamPair.client(), StreamPair.server(), host: host).shakeHands()
    }

    @Test(arguments: [
        "other.test", "rooms.test", "a.b.rooms.test", "127.0.0.2", "::1", "chat.test.evil.test",
        "CHAT.TEST2",
    ])
    func `another host is refused`(host: String) throws {
        let pair = try StreamPair(StreamPair.client(), StreamPair.server(), host: host)
        #expect(reason(pair.shakeHands)?.contains("mismatch") == true)
    }

    @Test(arguments: [
        ("expired.pem", "authority.pem", "expired"),
        ("for-clients.pem", "authority.pem", "certificate purpose"),
        ("server.pem", "other-authority.pem", "unable to get local issuer certificate"),
    ])
    func `a certificate that proves nothing is refused`(
        certificate: String, authorities: String, expected: String
    ) throws {
        let pair = try StreamPair(
            StreamPair.client(authorities), StreamPair.server(certificate), host: "chat.test")
        #expect(reason(pair.shakeHands)?.contains(expected) == true)
    }

    @Test func `the time is the callers not the machines`() throws {
        let pair = try StreamPair(StreamPair.client(), StreamPair.server())
        try pair.client.expect(host: "chat.test", at: 4_000_000_000)
        #expect(reason(pair.shakeHands)?.contains("expired") == true)
    }

    @Test(arguments: ["", "a\u{0}b"])
    func `a text that is no host is refused`(host: String) throws {
        let stream = try SecureStream(StreamPair.client())
        #expect(throws: TLSFault.hostUnusable) { try stream.expect(host: host, at: nil) }
    }

    @Test func `who believes anyone needs no authority`() throws {
        try StreamPair(StreamPair.client(nil), StreamPair.server("expired.pem")).shakeHands()
    }

    @Test(arguments: [
        ("none.pem", "server.key", TLSFault.certificateUnusable),
        ("server.key", "server.key", .certificateUnusable),
        ("server.pem", "none.key", .keyUnusable), ("server.pem", "server.pem", .keyUnusable),
        ("server.pem", "other.key", .keyOfAnotherCertificate),
        ("server.pem", "locked.key", .keyUnusable),
    ])
    func `files that do not fit are named`(certificate: String, key: String, fault: TLSFault) {
        #expect(throws: fault) { try StreamPair.server(certificate, key: key) }
    }

    @Test func `a file without authorities is named`() {
        #expect(throws: TLSFault.authoritiesUnusable) { try StreamPair.client("server.key") }
    }
}

@Suite struct StreamEndTests {
    private func pair() throws -> StreamPair {
        let pair = try StreamPair(StreamPair.client(), StreamPair.server(), host: "chat.test")
        try pair.shakeHands()
        return pair
    }

    @Test func `an announced end is told from one that is not`() throws {
        let pair = try pair()
        try pair.client.write(Array("satu".utf8))
        let cut = try pair.carry(from: pair.client, to: pair.server)
        #expect(text(cut.bytes) == "satu" && cut.last == .needsMore)
        pair.client.endWriting()
        #expect(try pair.carry(from: pair.client, to: pair.server).last == .end)
        var none: [UInt8] = []
        #expect(try pair.server.read([], &none) == .end)
    }

    @Test func `after the end of one way the other goes on`() throws {
        let pair = try pair()
        pair.client.endWriting()
        #expect(try pair.carry(from: pair.client, to: pair.server).last == .end)
        try pair.server.write(Array("masih".utf8))
        #expect(try text(pair.carry(from: pair.server, to: pair.client).bytes) == "masih")
        pair.server.endWriting()
        #expect(try pair.carry(from: pair.server, to: pair.client).last == .end)
    }

    @Test func `an end is announced once`() throws {
        let pair = try pair()
        pair.client.endWriting()
        let first = pair.client.takeOutput()
        pair.client.endWriting()
        #expect(!first.isEmpty && pair.client.output.isEmpty)
    }

    @Test func `what is not read yet is kept`() throws {
        let pair = try pair()
        try pair.client.write(Array("satu".utf8))
        try pair.client.write(Array("dua".utf8))
        var received: [UInt8] = []
        _ = try pair.server.read(pair.client.takeOutput(), &received, max: 3)
        #expect(text(received) == "sat" && pair.server.hasInput)
        while pair.server.hasInput { _ = try pair.server.read([], &received, max: 1) }
        #expect(text(received) == "satudua")
    }

    @Test func `every bit of a record counts`() throws {
        for index in 5..<26 {
            let pair = try pair()
            try pair.client.write(Array("rahasia".utf8))
            var wire = pair.client.takeOutput()
            guard index < wire.count else { return }
            wire[index] ^= 1
            var received: [UInt8] = []
            #expect(throws: SocketFault.self) { _ = try pair.server.read(wire, &received) }
            #expect(received.isEmpty)
            #expect(throws: SocketFault.self) { try pair.server.write([1]) }
        }
    }

    @Test func `no output stays behind`() throws {
        let pair = try pair()
        let word = Array("tidak terbaca oleh siapa pun".utf8)
        try pair.client.write(word)
        let wire = pair.client.takeOutput()
        #expect(wire.firstRange(of: word) == nil && pair.client.output.isEmpty)
    }
}

@Suite struct HandshakeLimitTests {
    /// The beginning of a ClientHello that announces 100 KB, in records of 1 KB.
    private func endlessHello(_ count: Int) -> [UInt8] {
        var hello: [UInt8] = [1, 1, 0x86, 0xA0]
        hello += [UInt8](repeating: 0, count: count)
        return stride(from: 0, to: hello.count, by: 1000).flatMap { start -> [UInt8] in
            let part = hello[start...].prefix(1000)
            return [22, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 0xFF)] + part
        }
    }

    @Test func `a handshake that does not end is cut off`() throws {
        let server = try SecureStream(StreamPair.server())
        #expect(try server.shake(endlessHello(10_000)) == false)
        #expect(throws: SocketFault.insecure("the handshake is too long")) {
            _ = try server.shake(endlessHello(10_000))
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"])
    func `another protocol is refused`(first: String) throws {
        let server = try SecureStream(StreamPair.server())
        #expect(throws: SocketFault.self) { _ = try server.shake(Array(first.utf8)) }
    }

    @Test func `after a fault nothing goes on`() throws {
        let server = try SecureStream(StreamPair.server())
        _ = try? server.shake(Array("GET / HTTP/1.1\r\n".utf8))
        #expect(throws: SocketFault.self) { _ = try server.shake([]) }
        server.endWriting()
        #expect(throws: SocketFault.self) { try server.write([1]) }
    }
}
