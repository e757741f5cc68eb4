import Encoding
import HTTP

/// The cookie that carries a session for pages of the same origin.
struct SessionCookie {
    /// Whether the browser uses https, so that the cookie can be bound to it.
    let isSecure: Bool

    /// Not `session`, which other applications on the same host may use.
    static let plainName: StaticString = "kw-session"
    /// Only this host over https can set a name with this prefix (RFC 6265bis §4.1.3.2).
    static let boundName: StaticString = "__Host-kw-session"

    private var name: StaticString { isSecure ? Self.boundName : Self.plainName }
    private var attributes: String {
        "Path=/; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }

    func setting(_ token: String, seconds: Int64) -> String {
        "\(name)=\(token); Max-Age=\(seconds); \(attributes)"
    }

    var clearing: String { "\(name)=; Max-Age=0; \(attributes)" }

    /// Returns the token in the request's cookies, if there is one. A proxy that speaks HTTP/2 may
    /// send each cookie in a field of its own (RFC 9113 §8.2.3).
    func token(in request: Request) -> ByteText? {
        request.firstField("Cookie", where: token)
    }

    private func token(in cookies: Span<UInt8>) -> ByteText? {
        cookies.firstPart(separatedBy: UInt8(ascii: ";")) { part in
            let pair = part.extracting(part.withoutBlanks(part.indices))
            let nameLength = name.utf8CodeUnitCount
            guard pair.hasPrefix(name), pair.count > nameLength,
                pair[nameLength] == UInt8(ascii: "=")
            else { return nil }
            return ByteText(repairing: pair.extracting((nameLength + 1)..<pair.count))
        }
    }
}
