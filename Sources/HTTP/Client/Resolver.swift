package import EventLoop
import Glibc

/// Looks up the addresses of a host name. getaddrinfo(3) blocks, so it runs on a worker. Numeric
/// addresses need none.
package enum Resolver {
    static func addresses(
        of host: String, port: UInt16, on workers: WorkerPool?
    ) async throws(ClientFault) -> [SocketAddress] {
        if let address = SocketAddress(numeric: host, port: port) { return [address] }
        guard let workers else { throw .unresolved }
        do {
            let addresses = try await workers.run { lookUp(host, port) }
            guard !addresses.isEmpty else { throw ClientFault.unresolved }
            return addresses
        } catch {
            throw error is WorkerPool.Busy ? .busy : .unresolved
        }
    }

    /// Returns the host's addresses, or none. It blocks for as long as the name servers take.
    package static func lookUp(_ host: String, _ port: UInt16) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var addresses: [SocketAddress] = []
        var next = first
        while let entry = next {
            if let raw = entry.pointee.ai_addr, let address = SocketAddress(raw) {
                addresses.append(address)
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }
}
