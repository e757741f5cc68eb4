import Encoding
import Program

/// The address of Cipher, from `--cipher-url`.
struct CipherAddress: Sendable, Equatable {
    /// A name or a numeric address, IPv6 without its brackets.
    let host: String
    let port: UInt16
    /// Whether it is reached by TLS, with a key that follows from the shared secret.
    let isSecure: Bool

    /// Parses `http://host[:port][/]`, or the same with `https`. The failure does not repeat the
    /// URL, because people put passwords into URLs.
    init(url: String) throws(StartFailure) {
        let text = ByteText(url).asciiLowercased
        isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://") else {
            throw Self.failure("it must begin with http:// or https://")
        }
        var authority = url.dropFirst((isSecure ? "https://" : "http://").count)
        if authority.last == "/" { authority.removeLast() }
        guard !authority.contains(where: { "/?#".contains($0) }) else {
            throw Self.failure("nothing may stand behind the host and port")
        }
        guard !authority.contains("@") else { throw Self.failure("it must not name a user") }
        let (host, port) = Self.split(authority)
        guard let port = Self.port(port, standard: isSecure ? 443 : 80) else {
            throw Self.failure("the port must be a number from 1 to 65535")
        }
        guard Self.isHost(host, inBrackets: authority.first == "[") else {
            throw Self.failure("it names no valid host")
        }
        self.host = String(host)
        self.port = port
    }

    private static func failure(_ problem: String) -> StartFailure {
        StartFailure(
            "--cipher-url (CHATCORE_CIPHER_URL) must be like http://127.0.0.1:8082: \(problem)")
    }

    private static func split(_ authority: Substring) -> (host: Substring, port: Substring?) {
        if authority.first == "[", let bracket = authority.firstIndex(of: "]") {
            let host = authority[..<bracket].dropFirst()
            let rest = authority[bracket...].dropFirst()
            if rest.isEmpty { return (host, nil) }
            return (rest.first == ":" ? host : "", rest.dropFirst())
        }
        guard let colon = authority.firstIndex(of: ":") else { return (authority, nil) }
        return (authority[..<colon], authority[colon...].dropFirst())
    }

    private static func port(_ text: Substring?, standard: UInt16) -> UInt16? {
        guard let text else { return standard }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = UInt16(text), port > 0
        else { return nil }
        return port
    }

    private static func isHost(_ host: Substring, inBrackets: Bool) -> Bool {
        guard (1...253).contains(host.utf8.count) else { return false }
        if inBrackets {
            return host.contains(":") && host.allSatisfy { $0.isHexDigit || ":.".contains($0) }
        }
        return host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            case _: false
            }
        }
    }
}
