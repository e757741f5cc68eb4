/// The part of an address that counts as one client: an IPv4 address, or the /64 that an IPv6
/// customer has for itself.
package struct Network: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// The network of an address. All paths of the file system are one.
    package init(of address: SocketAddress) {
        switch address {
        case .ipv4(let bits, _): (high, low) = (0, 0xFFFF_0000_0000 | UInt64(bits))
        case .ipv6(let high, _, _, _): (self.high, low) = (high, 0)
        case .unix: (high, low) = (0, 0)
        }
    }
}
