internal import CLinux
internal import Glibc

/// Makes stream sockets and sets their options.
enum StreamSocket {
    static func open(family: Int32) throws(SystemCallError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(family, kind, 0)
        guard number >= 0 else { throw .last("socket") }
        if family != AF_UNIX { disableNagle(number) }
        return number
    }

    /// Sets TCP_NODELAY, so that an answer does not wait for the acknowledgement of the one before
    /// it.
    static func disableNagle(_ number: Int32) {
        var on: Int32 = 1
        setsockopt(
            number, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The most bytes that the kernel takes beyond those it can send now (TCP_NOTSENT_LOWAT,
    /// tcp(7)). Without it, a peer that does not read costs up to 4 MiB.
    private static let unsentBytesMax: Int32 = 32 << 10

    /// Set on a listener, from which accepted sockets inherit it. Other families have no such
    /// option.
    static func limitUnsentBytes(_ number: Int32) {
        var bytes = unsentBytesMax
        setsockopt(
            number, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &bytes,
            socklen_t(MemoryLayout<Int32>.size))
    }
}
