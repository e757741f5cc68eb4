internal import CLinux
internal import Glibc

/// A listening stream socket.
package final class Listener {
    /// The address it listens on. It has the port that the kernel chose if port 0 was requested.
    package let address: SocketAddress
    private let loop: EventLoop
    let readiness: DescriptorReadiness
    private var descriptor: FileDescriptor?
    private let number: Int32
    /// The pause of accepting after descriptors or memory ran out.
    private static let shortagePause = Duration.milliseconds(100)

    package init(
        _ address: SocketAddress, backlog: Int32 = 1024, loop: EventLoop
    ) throws(SystemCallError) {
        number = try StreamSocket.open(family: address.family)
        let descriptor = FileDescriptor(owning: number)
        var on: Int32 = 1
        setsockopt(
            number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        // bind(2) gives a socket in the file system the descriptor's mode. So only its owner can
        // connect, from the first moment on.
        if case .unix = address, fchmod(number, 0o600) != 0 { throw .last("fchmod") }
        StreamSocket.limitUnsentBytes(number)
        let bound = address.withSystemForm { [number] in bind(number, $0, $1) }
        guard bound == 0 else { throw .last("bind") }
        guard listen(number, backlog) == 0 else { throw .last("listen") }
        self.address = try Self.name(of: number) ?? address
        self.loop = loop
        readiness = try DescriptorReadiness(number, loop: loop)
        self.descriptor = consume descriptor
    }

    deinit { readiness.close() }

    /// Returns whether some process listens on a socket in the file system.
    package static func isInUse(path: String) throws(SystemCallError) -> Bool {
        let probe = FileDescriptor(owning: try StreamSocket.open(family: AF_UNIX))
        let result = SocketAddress.unix(path: path).withSystemForm { [number = probe.number] in
            connect(number, $0, $1)
        }
        // A full queue belongs to a listener too.
        return result == 0 || errno == EAGAIN
    }

    package func close() {
        readiness.close()
        descriptor = nil
    }

    /// Returns the next connection. During a shortage of descriptors or memory it pauses and tries
    /// again.
    ///
    /// - Parameter onShortage: Called before each pause. It may free descriptors.
    package func accept(
        onShortage: () -> Void = {}
    ) async throws(SocketFault) -> AcceptedConnection {
        while true {
            guard descriptor != nil else { throw .closed }
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let accepted = withUnsafeMutableBytes(of: &storage) { bytes in
                clinux_accept(
                    number, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, &length)
            }
            if accepted >= 0 {
                return AcceptedConnection(
                    number: accepted, peer: Self.address(in: &storage) ?? address)
            }
            switch errno {
            case EAGAIN:
                // A socket in the file system still returns EAGAIN after its end.
                if readiness.inputHasEnded { throw .closed }
                readiness.setUnready(.input)
                try await readiness.wait(.input, until: nil)
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                onShortage()
                try await pauseAfterShortage()
            case EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, EHOSTDOWN, EHOSTUNREACH,
                ENETUNREACH, ENOPROTOOPT, EOPNOTSUPP:
                // The connection died before it was accepted (accept(2)). The next one may work.
                continue
            case let number: throw .system(SystemCallError("accept4", number: number))
            }
        }
    }

    private func pauseAfterShortage() async throws(SocketFault) {
        do { try await loop.sleep(for: Self.shortagePause) } catch { throw .cancelled }
    }

    private static func name(of number: Int32) throws(SystemCallError) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutableBytes(of: &storage) { bytes in
            getsockname(
                number, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, &length)
        }
        guard result == 0 else { throw .last("getsockname") }
        guard let name = address(in: &storage), name.family != AF_UNIX else { return nil }
        return name
    }

    private static func address(in storage: inout sockaddr_storage) -> SocketAddress? {
        withUnsafeBytes(of: &storage) { bytes in
            bytes.baseAddress.flatMap { SocketAddress(UnsafeRawPointer($0)) }
        }
    }
}

/// An accepted connection without a socket yet. Call `socket` exactly once, because it takes
/// ownership of the descriptor.
package struct AcceptedConnection: Sendable {
    package let peer: SocketAddress
    private let number: Int32

    init(number: Int32, peer: SocketAddress) {
        self.number = number
        self.peer = peer
    }

    package func socket(on loop: EventLoop) throws(SystemCallError) -> Socket {
        if case .unix = peer {} else { StreamSocket.disableNagle(number) }
        return try Socket(owning: FileDescriptor(owning: number), peer: peer, loop: loop)
    }
}
