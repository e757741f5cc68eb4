import Glibc

@testable import Encoding
@testable import HTTP

/// One connection at a time to a port of this machine, used as long as it lives.
final class Wire {
    private static let secondsMax = 20
    private let port: UInt16
    private var socket: Int32 = -1
    private var input: [UInt8] = []
    /// The size of the last answer in bytes.
    private(set) var received = 0
    /// Why the last connection ended.
    private(set) var end = ""

    init(port: UInt16) { self.port = port }

    /// The answer to a request. Nil where there is none, as is right for what is no request.
    ///
    /// - Parameter isAll: Nothing is sent behind it, whatever the other side waits for.
    func ask(_ request: [UInt8], _ method: HTTP.Method, isAll: Bool = false) -> ClientResponse? {
        for _ in 0..<2 {
            let isFresh = socket < 0
            if isFresh, !connect() { return nil }
            send(request)
            if isAll { shutdown(socket, CInt(SHUT_WR)) }
            let response = read(method)
            if isAll { drain() }
            // One that was idle may have been closed in the meantime.
            if response != nil || isFresh || received > 0 { return response }
        }
        return nil
    }

    private func connect() -> Bool {
        socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        let status = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                Glibc.connect(socket, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        if status != 0 {
            end = String(cString: strerror(errno))
            hangUp()
            return false
        }
        // A reset at the end leaves no port behind that waits: there are thousands a minute.
        var atOnce = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
        var patience = timeval(tv_sec: Self.secondsMax, tv_usec: 0)
        setsockopt(
            socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var on: CInt = 1
        setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
        return true
    }

    /// As much as the other side takes: it may have answered, and closed, before it had everything.
    private func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    private func read(_ method: HTTP.Method) -> ClientResponse? {
        var parser = ResponseParser(answering: method)
        var limits = Limits()
        limits.bodyBytesMax = 1 << 30
        (input, received) = ([], 0)
        while true {
            guard receive() else {
                let response = parser.end()
                hangUp()
                return response
            }
            var taken = 0
            do {
                let outcome = try parser.parse(input.span, limits, taken: &taken)
                input.removeFirst(taken)
                guard case .response(let response, let keepsAlive) = outcome else { continue }
                if !keepsAlive { hangUp() }
                return response
            } catch { fatalError("an answer that cannot be read: \(error)") }
        }
    }

    private func receive() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &piece, piece.count, 0)
        expect(count >= 0 || errno != EAGAIN, "an answer comes in time")
        guard count > 0 else {
            end = count == 0 ? "closed" : String(cString: strerror(errno))
            return false
        }
        input += piece[..<count]
        received += count
        return true
    }

    /// Waits until all other requests are answered.
    private func drain() {
        while socket >= 0, receive() {}
        hangUp()
    }

    private func hangUp() {
        if socket >= 0 { close(socket) }
        socket = -1
    }
}
