internal import CLinux
internal import Glibc

/// A listening stream socket.
package final class Listener {
    /// Where it listens, with the port that the kernel chose if 0 was asked for.
    package let address: SocketAddress
    private let loop: EventLoop
    let readiness: DescriptorReadiness
    private var descriptor: FileDescriptor?
    private let number: Int32
    /// How long no connection is taken after descriptors or memory ran out.
    private static let shortagePause = Duration.milliseconds(100)

    package init(
        _ address: SocketAddress, backlog: Int32 = 1024, loop: EventLoop
    ) throws(SystemCallError) {
        number = try StreamSocket.open(family: address.family)
        let descriptor = FileDescriptor(owning: number)
        var on: Int32 = 1
        setsockopt(
            number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        // A socket in the file system is its maker's alone from the moment it is there: bind(2)
        // gives it the mode of the descriptor.
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

    package func close() {
        readiness.close()
        descriptor = nil
    }

    /// The next connection. Waits out a shortage of descriptors or memory instead of failing, and
    /// calls `onShortage` each time it begins to, which may let go of some.
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
                // One on a path goes on saying that there is nobody yet.
                if readiness.inputHasEnded { throw .closed }
                readiness.input.isReady = false
                try await readiness.wait(readiness.input, until: nil)
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                onShortage()
                try await pauseAfterShortage()
            case EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, EHOSTDOWN, EHOSTUNREACH,
                ENETUNREACH, ENOPROTOOPT, EOPNOTSUPP:
                // The connection died before it was taken (accept(2)): the next one may be fine.
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

/// A connection that was taken and waits for its task; the descriptor is owned by whoever makes the
/// socket of it, which must happen exactly once.
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
