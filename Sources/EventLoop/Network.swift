/// The part of an address that counts as one client: an IPv4 address, or the /64 that an IPv6
/// customer has for itself. All paths of the file system are one.
package struct Network: Hashable, Sendable {
    private let address: SocketAddress

    package init(of address: SocketAddress) {
        self.address = address.network
    }
}
