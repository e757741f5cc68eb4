import HTTP

/// The cookie that carries a session for pages of the same origin.
struct SessionCookie {
    /// Whether the browser came by https, so that the cookie may be bound to it.
    let isSecure: Bool

    private static let plainName = "session"
    /// Only a page of this very host, over https, can set a name like this (RFC 6265bis §4.1.3.2).
    private static let boundName = "__Host-session"

    private var name: String { isSecure ? Self.boundName : Self.plainName }
    private var attributes: String {
        "Path=/; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }

    func setting(_ token: String, seconds: Int64) -> String {
        "\(name)=\(token); Max-Age=\(seconds); \(attributes)"
    }

    var clearing: String { "\(name)=; Max-Age=0; \(attributes)" }

    /// The token in the request's cookies, if there is one.
    func token(in request: Request) -> String? {
        guard let field = request.field("Cookie") else { return nil }
        for pair in field.split(separator: ";") {
            let pair = pair.drop { $0 == " " }
            guard pair.hasPrefix(name), pair.dropFirst(name.count).first == "=" else { continue }
            return String(pair.dropFirst(name.count + 1))
        }
        return nil
    }
}
