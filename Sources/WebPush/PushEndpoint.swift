package import Encoding
internal import EventLoop

/// The hosts that endpoints may name: `host` or `*.suffix` on port 443, or `address:port` of a
/// relay of the operator's own.
package struct PushHosts: Sendable, Equatable {
    /// Chrome, Firefox, Edge and Safari.
    package static let browsers = PushHosts([
        .host("fcm.googleapis.com"), .suffix(".push.services.mozilla.com"),
        .suffix(".notify.windows.com"), .suffix(".push.apple.com"),
    ])

    enum Rule: Sendable, Equatable {
        case host(ByteText)
        /// With the dot that begins it.
        case suffix(ByteText)
        case address(ByteText, port: UInt16)

        var access: PushEndpoint.Access {
            switch self {
            case .host, .suffix: .publicAddresses
            case .address: .anyAddress
            }
        }

        /// The name of the service in messages, the same for all of its hosts.
        var name: ByteText {
            switch self {
            case .host(let name): name
            case .suffix(let suffix): "*\(suffix)"
            case .address(let address, let port): "\(address):\(port)"
            }
        }
    }

    private let rules: [Rule]

    private init(_ rules: [Rule]) {
        self.rules = rules
    }

    /// Reads a list whose entries are separated by commas. Nil if one is malformed.
    package init?(parsing text: String) {
        var rules: [Rule] = []
        for part in text.split(separator: ",") {
            guard let rule = Self.rule(ByteText(String(part)).trimmed.asciiLowercased) else {
                return nil
            }
            rules.append(rule)
        }
        guard !rules.isEmpty else { return nil }
        self.init(rules)
    }

    private static func rule(_ text: ByteText) -> Rule? {
        if let (host, port) = HostAndPort.split(text), let port {
            guard SocketAddress(numeric: host.string, port: port) != nil else { return nil }
            return .address(host, port: port)
        }
        if text.hasPrefix("*."), HostAndPort.isName(text.droppingFirst(2)) {
            return .suffix(text.droppingFirst(1))
        }
        return HostAndPort.isName(text) ? .host(text) : nil
    }

    /// Returns the rule that names the host, if there is one.
    func rule(for host: ByteText, port: UInt16) -> Rule? {
        rules.first { rule in
            switch rule {
            case .host(let name): port == 443 && host == name
            case .suffix(let suffix): port == 443 && host.ends(with: suffix)
            case .address(let address, let known): port == known && host == address
            }
        }
    }
}

/// An endpoint of a subscription (RFC 8030 §4): an `https` URL on a host of the list.
package struct PushEndpoint: Sendable, Equatable {
    /// The addresses of a host that may be connected to.
    package enum Access: Sendable, Equatable {
        /// Those of the public internet alone.
        case publicAddresses
        /// The address that the operator's list names itself.
        case anyAddress
    }

    package static let bytesMax = 1_024

    /// In lower case, without the brackets of an IPv6 address.
    package let host: ByteText
    package let port: UInt16
    /// The path with its query.
    package let target: ByteText
    package let access: Access
    /// The name of the push service. A user chooses the host below a suffix, but not the service.
    package let service: ByteText

    /// The origin of VAPID's `aud` (RFC 6454 §6.1).
    package var origin: ByteText {
        let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : "\(host)"
        return ByteText(port == 443 ? "https://\(host)" : "https://\(host):\(port)")
    }

    /// Nil unless `url` is printable ASCII, has the scheme `https`, neither user nor fragment, and
    /// a host that the list names.
    package init?(_ url: ByteText, hosts: PushHosts) {
        let bytes = Array(url.utf8)
        guard bytes.count <= Self.bytesMax, bytes.starts(with: Array("https://".utf8)),
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !Self.refused.contains($0) })
        else { return nil }
        let rest = bytes.dropFirst(8)
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
        guard let end, bytes[end] == UInt8(ascii: "/") else { return nil }
        let authority = ByteText(String(decoding: rest[..<end], as: UTF8.self))
        guard let (host, port) = HostAndPort.split(authority.asciiLowercased),
            let rule = hosts.rule(for: host, port: port ?? 443)
        else { return nil }
        // Brackets belong to the authority alone (RFC 3986 §3.3).
        guard !bytes[end...].contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") })
        else { return nil }
        self.host = host
        self.port = port ?? 443
        access = rule.access
        service = rule.name
        target = ByteText(String(decoding: bytes[end...], as: UTF8.self))
    }

    /// Characters that no endpoint has and that parsers read in different ways.
    private static let refused = Array("@#\\\"<>^`{|}".utf8)
}

/// An authority without a user (RFC 3986 §3.2).
private enum HostAndPort {
    static func split(_ text: ByteText) -> (host: ByteText, port: UInt16?)? {
        let bytes = Array(text.utf8)
        let isBracketed = bytes.first == UInt8(ascii: "[")
        let end =
            isBracketed
            ? bytes.firstIndex(of: UInt8(ascii: "]")) : bytes.firstIndex(of: UInt8(ascii: ":"))
        let host = ByteText(String(decoding: bytes[..<(end ?? bytes.count)], as: UTF8.self))
        guard isBracketed else {
            guard isName(host) else { return nil }
            guard let end else { return (host, nil) }
            return port(bytes[(end + 1)...]).map { (host, $0) }
        }
        let address = host.droppingFirst(1)
        guard let end, address.utf8.contains(UInt8(ascii: ":")),
            SocketAddress(numeric: address.string, port: 0) != nil
        else { return nil }
        let rest = bytes[(end + 1)...]
        guard let colon = rest.first else { return (address, nil) }
        return colon == UInt8(ascii: ":") ? port(rest.dropFirst()).map { (address, $0) } : nil
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...5).contains(digits.count), digits.allSatisfy({ $0 &- 0x30 < 10 }),
            let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
        else { return nil }
        return port
    }

    /// Returns whether the text is a host name of letters, digits, hyphens and dots.
    static func isName(_ text: ByteText) -> Bool {
        let dot = UInt8(ascii: ".")
        return (1...253).contains(text.utf8Count) && text.utf8.first != dot
            && text.utf8.last != dot
            && text.utf8.allSatisfy {
                $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "-") || $0 == dot
            }
    }
}

extension ByteText {
    fileprivate func ends(with end: ByteText) -> Bool {
        utf8Count >= end.utf8Count && utf8.suffix(end.utf8Count).elementsEqual(end.utf8)
    }
}
