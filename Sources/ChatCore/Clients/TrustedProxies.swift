import EventLoop

/// Addresses and networks that may name the client in a field: `10.1.2.3`, `172.31.0.0/24`,
/// `fd00::/8`.
struct TrustedProxies: Sendable {
    private struct Subnet: Sendable {
        let high: UInt64
        let low: UInt64
        let highMask: UInt64
        let lowMask: UInt64

        func contains(_ high: UInt64, _ low: UInt64) -> Bool {
            (high ^ self.high) & highMask == 0 && (low ^ self.low) & lowMask == 0
        }
    }

    private let networks: [Subnet]

    /// Parses a list with commas. Returns nil if a part of it is neither address nor network.
    init?(_ list: String) {
        var networks: [Subnet] = []
        for part in list.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let network = Self.network(String(part)) else { return nil }
            networks.append(network)
        }
        self.networks = networks
    }

    func contain(_ peer: SocketAddress) -> Bool {
        guard !networks.isEmpty, let (high, low) = Self.bits(peer) else { return false }
        return networks.contains { $0.contains(high, low) }
    }

    private static func network(_ text: String) -> Subnet? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = SocketAddress(numeric: String(parts[0]), port: 0),
            let (high, low) = bits(address)
        else { return nil }
        // The notation decides: `::ffff:10.0.0.0/104` counts bits as IPv6 does.
        let isIPv4 = !parts[0].contains(":")
        let most = isIPv4 ? 32 : 128
        var length = most
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...most).contains(number) else { return nil }
            length = number
        }
        let bits = isIPv4 ? 96 + length : length
        return Subnet(
            high: high, low: low, highMask: mask(min(bits, 64)), lowMask: mask(max(bits - 64, 0)))
    }

    /// Returns a mask of the first `bits` of 64 bits.
    private static func mask(_ bits: Int) -> UInt64 {
        bits == 0 ? 0 : ~0 << (64 - UInt64(bits))
    }

    /// Returns the address as the two halves of an IPv6 address; IPv4 is mapped (RFC 4291
    /// §2.5.5.2).
    private static func bits(_ address: SocketAddress) -> (UInt64, UInt64)? {
        switch address {
        case .ipv4(let bits, _): (0, 0xFFFF_0000_0000 | UInt64(bits))
        case .ipv6(let high, let low, _, _): (high, low)
        case .unix: nil
        }
    }
}
