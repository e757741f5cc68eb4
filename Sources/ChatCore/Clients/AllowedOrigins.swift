import Encoding
import HTTP

/// Pages of other origins that may use the API, with a token and never with cookies (Fetch, CORS).
struct AllowedOrigins: Sendable {
    private let origins: Set<ByteText>

    /// Parses a list with commas, such as `https://chat.example, https://other.example:8443`.
    /// Returns nil if a part of it is no origin.
    init?(_ list: String) {
        var origins: Set<ByteText> = []
        for part in list.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let origin = Self.origin(part) else { return nil }
            origins.insert(ByteText(origin))
        }
        self.origins = origins
    }

    /// Returns the origin as browsers write it: lower case, without a slash or a default port.
    private static func origin(_ text: Substring) -> String? {
        var origin = ByteText(String(text)).asciiLowercased.string
        if origin.last == "/" { origin.removeLast() }
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")]
        where origin.hasPrefix(scheme) {
            if origin.hasSuffix(port) { origin.removeLast(port.count) }
            let host = origin.dropFirst(scheme.count)
            let isHost = !host.isEmpty && !host.contains { "/?#@*".contains($0) }
            return isHost ? origin : nil
        }
        return nil
    }

    var isEmpty: Bool { origins.isEmpty }

    /// Returns the answer to a preflight from an allowed origin; nil for any other request.
    func preflight(_ request: Request) -> Response? {
        guard request.method == .options, allowed(request) != nil,
            request.hasField("Access-Control-Request-Method")
        else { return nil }
        return Response(
            .noContent,
            fields: [
                ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"),
                ("Access-Control-Allow-Headers", "Authorization, Content-Type, If-None-Match"),
                ("Access-Control-Max-Age", "7200"),
            ])
    }

    /// Returns the fields that let an allowed origin read the answer. With any allowed origin all
    /// answers vary by `Origin`.
    func fields(for request: Request) -> [(name: StaticString, value: String)] {
        if origins.isEmpty { return [] }
        guard let origin = allowed(request) else { return [("Vary", "Origin")] }
        return [
            ("Access-Control-Allow-Origin", origin.string),
            ("Access-Control-Expose-Headers", "ETag, Retry-After"), ("Vary", "Origin"),
        ]
    }

    private func allowed(_ request: Request) -> ByteText? {
        guard !origins.isEmpty, let origin = request.field("Origin"),
            origins.contains(origin.asciiLowercased)
        else { return nil }
        return origin
    }
}
