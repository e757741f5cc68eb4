internal import CLinux
internal import Glibc

/// The system calls that make a stream socket.
enum StreamSocket {
    static func open(family: Int32) throws(SystemCallError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(family, kind, 0)
        guard number >= 0 else { throw .last("socket") }
        if family != AF_UNIX { disableNagle(number) }
        return number
    }

    /// TCP_NODELAY: an answer must not wait for the acknowledgement of the one before it.
    static func disableNagle(_ number: Int32) {
        var on: Int32 = 1
        setsockopt(
            number, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// TCP_NOTSENT_LOWAT (tcp(7)): how many bytes the kernel takes beyond what it can send now.
    /// Its own send buffer grows to 4 MiB for each connection whose peer does not read.
    private static let unsentBytesMax: Int32 = 32 << 10

    /// Set on a listener: accepted sockets inherit it. Sockets of other families have none.
    static func limitUnsentBytes(_ number: Int32) {
        var bytes = unsentBytesMax
        setsockopt(
            number, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &bytes,
            socklen_t(MemoryLayout<Int32>.size))
    }
}
