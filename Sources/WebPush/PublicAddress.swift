package import EventLoop

/// Tells addresses of the public internet from all others, so that no endpoint that a stranger
/// names leads into a private network.
package enum PublicAddress {
    /// Returns whether the address is globally reachable unicast (RFC 6890 and IANA's registries of
    /// special-purpose addresses). An IPv6 address that carries an IPv4 address is judged by both.
    package static func isPublic(_ address: SocketAddress) -> Bool {
        switch address {
        case .ipv4(let bits, _): isPublic(ipv4: bits)
        case .ipv6(let high, let low, let scope, _): scope == 0 && isPublic(high, low)
        case .unix: false
        }
    }

    private static func isPublic(ipv4 bits: UInt32) -> Bool {
        !special4.contains { bits >> (32 - $0.length) == $0.bits >> (32 - $0.length) }
    }

    private static func isPublic(_ high: UInt64, _ low: UInt64) -> Bool {
        // NAT64 (RFC 6052) leads to an IPv4 address, wherever its translator stands.
        if high == 0x0064_ff9b_0000_0000, low >> 32 == 0 {
            return isPublic(ipv4: UInt32(truncatingIfNeeded: low))
        }
        // Only 2000::/3 is global unicast (RFC 4291 §2.4).
        guard high >> 61 == 1 else { return false }
        // 6to4 (RFC 3056) holds an IPv4 address in its second and third group.
        if high >> 48 == 0x2002 {
            return isPublic(ipv4: UInt32(truncatingIfNeeded: high >> 16))
        }
        return !special6.contains { high >> (64 - $0.length) == $0.bits >> (64 - $0.length) }
    }

    private static let special4: [(bits: UInt32, length: UInt32)] = [
        (0x0000_0000, 8),  // this network
        (0x0a00_0000, 8),  // private
        (0x6440_0000, 10),  // shared by carriers
        (0x7f00_0000, 8),  // loopback
        (0xa9fe_0000, 16),  // link-local
        (0xac10_0000, 12),  // private
        (0xc000_0000, 24),  // protocol assignments
        (0xc000_0200, 24),  // documentation
        (0xc058_6300, 24),  // 6to4 relays
        (0xc0a8_0000, 16),  // private
        (0xc612_0000, 15),  // benchmarks
        (0xc633_6400, 24),  // documentation
        (0xcb00_7100, 24),  // documentation
        (0xe000_0000, 4),  // multicast
        (0xf000_0000, 4),  // reserved, and broadcast
    ]

    /// Prefixes within 2000::/3.
    private static let special6: [(bits: UInt64, length: UInt64)] = [
        (0x2001_0000_0000_0000, 23),  // protocol assignments, Teredo among them
        (0x2001_0db8_0000_0000, 32),  // documentation
        (0x3fff_0000_0000_0000, 20),  // documentation
    ]
}
