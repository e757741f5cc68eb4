import EventLoop
import Logging
import Testing
import TestSupport

@testable import HTTP

/// Runs a server on a free port of the loopback interface, as long as `body` runs.
struct TestServer: Sendable {
    let server: Server
    let address: SocketAddress
    let loop: EventLoop

    static func run(
        limits: Limits = Limits(), exempt: Bool = true,
        answer: @escaping @Sendable (Request) async -> Response = TestServer.echo,
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) throws {
        try run(limits: limits, exempt: exempt, handler: TestHandler(answer: answer), body)
    }

    static func run(
        limits: Limits = Limits(), exempt: Bool = true, handler: some Handler,
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) throws {
        let loop = try EventLoop()
        try loop.run {
            let listener = try Listener(.ipv4(0x7f00_0001, port: 0), loop: loop)
            let server = Server(
                loop: loop, limits: limits, logger: .silent,
                isExempt: { _ in exempt }, handler: handler)
            let address = listener.address
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    defer { server.stop(within: .seconds(1)) }
                    try await body(TestServer(server: server, address: address, loop: loop))
                }
                await server.serve(listener)
                try await group.waitForAll()
            }
        }
    }

    /// Answers with method, path, query and body.
    static let echo: @Sendable (Request) async -> Response = { request in
        let line = "\(request.method.rawValue) \(request.path) \(request.query.text) "
        return Response(.ok, body: .bytes(Array(line.utf8) + request.body))
    }

    func connect() async throws -> RawClient {
        RawClient(try await Socket.connect(to: address, loop: loop, until: nil))
    }
}

struct TestHandler: Handler {
    var answer = TestServer.echo

    func answer(_ request: Request) async -> Response { await answer(request) }

    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response {
        let of = request.map { " of \($0.path)" } ?? ""
        return Response(fault.status, body: .bytes(Array("fault \(fault)\(of)".utf8)))
    }
}

/// Writes and reads bytes. Gives up after some seconds, so that no test hangs.
final class RawClient {
    private let socket: Socket
    private var received: [UInt8] = []

    init(_ socket: Socket) {
        self.socket = socket
    }

    private var deadline: MonotonicTime { .current() + .seconds(10) }

    func send(_ text: String) async throws {
        try await socket.write(Array(text.utf8), until: deadline)
    }

    func close() { socket.close() }
    func shutdownWriting() { socket.shutdownWriting() }

    /// Returns all bytes to the end of the connection.
    func rest() async throws -> String {
        while try await socket.read(appendingTo: &received, max: 65_536, until: deadline) > 0 {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Reads `count` bytes at this rate.
    func read(_ count: Int, bytesPerSecond: Int) async throws {
        var left = count
        while left > 0 {
            var piece: [UInt8] = []
            let taken = try await socket.read(
                appendingTo: &piece, max: min(16_384, left), until: deadline)
            if taken == 0 { throw SocketFault.closed }
            left -= taken
            let pause = Double(taken) / Double(bytesPerSecond)
            try await socket.loop.sleep(for: .seconds(pause))
        }
    }

    /// Reads a head, and the body of its Content-Length.
    func response(hasBody: Bool = true) async throws -> (head: String, body: String) {
        while true {
            let text = String(decoding: received, as: UTF8.self)
            if let end = text.utf8.firstRange(of: "\r\n\r\n".utf8)?.upperBound {
                let head = String(text[..<end])
                let length = hasBody ? contentLength(head) : 0
                if text[end...].utf8.count >= length {
                    let body = String(decoding: text[end...].utf8.prefix(length), as: UTF8.self)
                    received.removeFirst(head.utf8.count + length)
                    return (head, body)
                }
            }
            let count = try await socket.read(
                appendingTo: &received, max: 65_536, until: deadline)
            if count == 0 { throw SocketFault.closed }
        }
    }

    private func contentLength(_ head: String) -> Int {
        let prefix = "content-length: "
        let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(prefix) }
        return line.flatMap { Int($0.dropFirst(prefix.count)) } ?? 0
    }
}

func request(
    _ line: String, _ fields: [String] = [], body: String = ""
) -> String {
    let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
    return ([line + " HTTP/1.1", "Host: h"] + fields + length).joined(separator: "\r\n")
        + "\r\n\r\n" + body
}
