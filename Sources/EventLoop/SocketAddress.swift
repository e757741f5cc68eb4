internal import CLinux
internal import Glibc

/// The address of a socket: IPv4 or IPv6 with a port, or a path in the file system.
package enum SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// The four bytes as one number, the first byte highest.
    case ipv4(UInt32, port: UInt16)
    /// The sixteen bytes as two numbers, the first byte highest.
    case ipv6(UInt64, UInt64, scope: UInt32, port: UInt16)
    case unix(path: String)

    /// Reads a numeric address, such as `127.0.0.1` or `::1`. Returns nil for anything else.
    package init?(numeric text: String, port: UInt16) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .ipv4(UInt32(bigEndian: four.s_addr), port: port)
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self = Self.six(six, scope: 0, port: port)
        } else {
            return nil
        }
    }

    /// Reads the `sockaddr` that the kernel or the resolver filled in. Returns nil for any other
    /// family. The pointer is untyped, because the module of that type depends on the caller's
    /// imports.
    package init?(_ raw: UnsafeRawPointer) {
        switch Int32(raw.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET:
            let four = raw.loadUnaligned(as: sockaddr_in.self)
            self = .ipv4(
                UInt32(bigEndian: four.sin_addr.s_addr), port: UInt16(bigEndian: four.sin_port))
        case AF_INET6:
            let six = raw.loadUnaligned(as: sockaddr_in6.self)
            self = Self.six(
                six.sin6_addr, scope: six.sin6_scope_id, port: UInt16(bigEndian: six.sin6_port))
        case AF_UNIX: self = .unix(path: "")
        default: return nil
        }
    }

    /// The address without its port: `127.0.0.1`, `::1`, or the path.
    package var host: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch self {
        case .ipv4(let bits, _):
            var address = in_addr(s_addr: bits.bigEndian)
            inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        case .ipv6(let high, let low, _, _):
            var address = Self.address(high, low)
            inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
        case .unix(let path): return path
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// 0 for a path.
    package var port: UInt16 {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, _, let port): port
        case .unix: 0
        }
    }

    package var isLoopback: Bool {
        switch self {
        case .ipv4(let bits, _): bits >> 24 == 127
        case .ipv6(let high, let low, _, _): high == 0 && low == 1
        case .unix: true
        }
    }

    /// The address that counts as one client, without a port. For IPv6 it is the /64, which one
    /// subscriber has.
    package var network: SocketAddress {
        switch self {
        case .ipv4(let bits, _): .ipv4(bits, port: 0)
        case .ipv6(let high, _, _, _): .ipv6(high, 0, scope: 0, port: 0)
        case .unix: .unix(path: "")
        }
    }

    package var description: String {
        switch self {
        case .ipv4: "\(host):\(port)"
        case .ipv6: "[\(host)]:\(port)"
        case .unix(let path): path
        }
    }

    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Calls `body` with the address in the form of the system calls.
    func withSystemForm<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var storage = sockaddr_storage()
        return withUnsafeMutableBytes(of: &storage) { bytes in
            let length: Int
            switch self {
            case .ipv4(let bits, let port):
                var form = sockaddr_in()
                form.sin_family = sa_family_t(AF_INET)
                form.sin_port = port.bigEndian
                form.sin_addr.s_addr = bits.bigEndian
                bytes.storeBytes(of: form, as: sockaddr_in.self)
                length = MemoryLayout<sockaddr_in>.size
            case .ipv6(let high, let low, let scope, let port):
                var form = sockaddr_in6()
                form.sin6_family = sa_family_t(AF_INET6)
                form.sin6_port = port.bigEndian
                form.sin6_scope_id = scope
                form.sin6_addr = Self.address(high, low)
                bytes.storeBytes(of: form, as: sockaddr_in6.self)
                length = MemoryLayout<sockaddr_in6>.size
            case .unix(let path):
                bytes.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
                let bytesMax = MemoryLayout<sockaddr_un>.size - 3
                precondition(
                    path.utf8.count <= bytesMax, "a socket's path is at most \(bytesMax) bytes")
                let start = MemoryLayout<sa_family_t>.size
                for (index, byte) in path.utf8.enumerated() { bytes[start + index] = byte }
                length = start + path.utf8.count + 1
            }
            let start = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
            return body(start.assumingMemoryBound(to: sockaddr.self), socklen_t(length))
        }
    }

    /// Returns an IPv4 address if the IPv6 address stands for one (RFC 4291 §2.5.5.2), as for the
    /// IPv4 peer of an IPv6 socket. Otherwise one client would have two addresses, and all of IPv4
    /// would be one network.
    private static func six(_ address: in6_addr, scope: UInt32, port: UInt16) -> SocketAddress {
        let (high, low) = halves(of: address)
        return high == 0 && low >> 32 == 0xFFFF
            ? .ipv4(UInt32(truncatingIfNeeded: low), port: port)
            : .ipv6(high, low, scope: scope, port: port)
    }

    private static func halves(of address: in6_addr) -> (UInt64, UInt64) {
        withUnsafeBytes(of: address) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    private static func address(_ high: UInt64, _ low: UInt64) -> in6_addr {
        var address = in6_addr()
        withUnsafeMutableBytes(of: &address) { bytes in
            bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return address
    }
}

/// The network of one client: an IPv4 address, or the /64 of an IPv6 customer. All paths of the
/// file system are one network.
package struct Network: Hashable, Sendable {
    private let address: SocketAddress

    package init(of address: SocketAddress) {
        self.address = address.network
    }

    /// The address as text; of an IPv6 network, its lowest.
    package var host: String { address.host }
}

extension Network: CustomStringConvertible {
    package var description: String { host }
}
