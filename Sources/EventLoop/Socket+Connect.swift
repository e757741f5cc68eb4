internal import CLinux
internal import Glibc

extension Socket {
    /// Connects to `address`.
    package static func connect(
        to address: SocketAddress, loop: EventLoop, until deadline: MonotonicTime? = nil
    ) async throws(SocketFault) -> Socket {
        let (socket, isDone) = try begin(address, loop)
        if !isDone { try await socket.finishConnecting(until: deadline) }
        return socket
    }

    private static func begin(
        _ address: SocketAddress, _ loop: EventLoop
    ) throws(SocketFault) -> (Socket, isDone: Bool) {
        do throws(SystemCallError) {
            let descriptor = FileDescriptor(owning: try StreamSocket.open(family: address.family))
            let number = descriptor.number
            let result = address.withSystemForm { Glibc.connect(number, $0, $1) }
            guard result == 0 || errno == EINPROGRESS else { throw .last("connect") }
            // Registered after connect(2), because epoll reports a socket that is not connecting as
            // hung up.
            return (try Socket(owning: descriptor, peer: address, loop: loop), result == 0)
        } catch {
            throw .system(error)
        }
    }

    private nonisolated(nonsending) func finishConnecting(until deadline: MonotonicTime?)
        async throws(SocketFault)
    {
        try await waitForNextWritable(until: deadline)
        let error = pendingError()
        guard error == 0 else { throw .system(SystemCallError("connect", number: error)) }
    }
}
