internal import CLinux
internal import Glibc

/// The system calls that make a stream socket.
enum StreamSocket {
    static func open(family: Int32) throws(SystemCallError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(family, kind, 0)
        guard number >= 0 else { throw .last("socket") }
        if family != AF_UNIX { sendAtOnce(number) }
        return number
    }

    /// TCP_NODELAY: an answer must not wait for the acknowledgement of the one before it.
    static func sendAtOnce(_ number: Int32) {
        var on: Int32 = 1
        setsockopt(
            number, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}
