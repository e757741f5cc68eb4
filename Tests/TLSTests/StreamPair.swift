import Cryptography
import EventLoop
import Foundation
import TestSupport

@testable import TLS

/// Both ends of one connection, and the wire between them.
struct StreamPair {
    let client: SecureStream
    let server: SecureStream
    /// The most bytes that one end is handed at once.
    var pieceBytesMax = Int.max

    /// 1 January 2030: within the certificates' time, whatever the machine's clock says.
    static let now: Int64 = 1_893_456_000

    init(_ client: SecureContext, _ server: SecureContext, host: String? = nil) throws {
        self.client = try SecureStream(client)
        self.server = try SecureStream(server)
        if let host { try self.client.expect(host: host, at: Self.now) }
    }

    static func path(_ name: String) -> String { Fixture.url("tls/\(name)").path }

    static func server(
        _ certificate: String = "server.pem", key: String = "server.key"
    ) throws -> SecureContext {
        try .server(certificateFile: path(certificate), keyFile: path(key))
    }

    static func client(_ authorities: String? = "authority.pem") throws -> SecureContext {
        try .client(authoritiesFile: authorities.map(path))
    }

    static func key(_ name: String, _ byte: UInt8) -> PreSharedKey {
        var bytes = [UInt8](repeating: byte, count: PreSharedKey.keyBytes)
        return PreSharedKey(identity: name, key: Secret(taking: &bytes))
    }

    /// Two ends that share these keys.
    static func preShared(
        _ client: [PreSharedKey], _ server: [PreSharedKey]
    ) throws -> StreamPair {
        try StreamPair(
            .preShared(.client, keys: { client }), .preShared(.server, keys: { server }))
    }

    /// Lets the ends talk until both are done.
    func shakeHands() throws {
        var (isClientDone, isServerDone) = (false, false)
        var isQuiet = false
        while !isClientDone || !isServerDone {
            precondition(!isQuiet, "both ends wait for the other")
            if !isClientDone { isClientDone = try step(client, server.takeOutput()) }
            isQuiet = client.output.isEmpty
            if !isServerDone { isServerDone = try step(server, client.takeOutput()) }
            isQuiet = isQuiet && server.output.isEmpty && !(isClientDone && isServerDone)
        }
    }

    private func step(_ end: SecureStream, _ wire: [UInt8]) throws -> Bool {
        var isDone = try end.shake([])
        for piece in pieces(of: wire) where !isDone || true { isDone = try end.shake(piece) }
        return isDone
    }

    /// Hands over what has been put out, and returns what the other end reads of it.
    func carry(
        from sender: SecureStream, to receiver: SecureStream
    ) throws -> (bytes: [UInt8], last: FilteredInput) {
        var (received, last) = ([UInt8](), FilteredInput.needsMore)
        for piece in pieces(of: sender.takeOutput()) {
            last = try receiver.read(piece, &received)
            while case .bytes = last { last = try receiver.read([], &received) }
        }
        return (received, last)
    }

    private func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: min(pieceBytesMax, max(1, bytes.count)))
            .map { Array(bytes[$0...].prefix(pieceBytesMax)) }
    }
}

extension SecureStream {
    func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    func shake(_ wire: [UInt8]) throws(SocketFault) -> Bool {
        try wire.span.withUnsafeBytes { (wire) throws(SocketFault) in try shakeHands(wire) }
    }

    func write(_ bytes: [UInt8]) throws(SocketFault) {
        try bytes.span.withUnsafeBytes { (bytes) throws(SocketFault) in try write(bytes) }
    }

    func read(
        _ wire: [UInt8], _ received: inout [UInt8], max: Int = 4096
    ) throws(SocketFault) -> FilteredInput {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max, alignment: 1)
        defer { room.deallocate() }
        let input = try wire.span.withUnsafeBytes { (wire) throws(SocketFault) in
            try read(wire, into: room)
        }
        if case .bytes(let count) = input { received += room[..<count] }
        return input
    }
}
