internal import CLinux
internal import Glibc

/// Receives signals as values on the loop, instead of interruptions (signal(7)).
package final class Signals {
    private let socket: Socket
    private let sender: FileDescriptor
    private var received: [UInt8] = []

    /// Receives these signals from now on, also in a process with the id 1.
    package init(_ numbers: [Int32], loop: EventLoop) throws(SystemCallError) {
        var pair: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw .last("socketpair") }
        sender = FileDescriptor(owning: pair[1])
        socket = try Socket(
            owning: FileDescriptor(owning: pair[0]), peer: .unix(path: ""), loop: loop)
        for number in numbers {
            guard clinux_forward_signal(number, pair[1]) == 0 else { throw .last("sigaction") }
        }
    }

    /// Waits for the next signal and returns its number.
    package func next() async throws(SocketFault) -> Int32 {
        if received.isEmpty {
            _ = try await socket.read(appendingTo: &received, max: 64)
        }
        return received.isEmpty ? SIGTERM : Int32(received.removeFirst())
    }
}
