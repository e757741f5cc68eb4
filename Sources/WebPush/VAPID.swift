package import Cryptography
package import Encoding

/// Identifies this server to push services (RFC 8292) with a key of its own.
package struct VAPID {
    /// A token's lifetime. Services refuse more than 24 h (§2).
    package static let lifetimeSeconds: Int64 = 12 * 3600

    private let key: P256KeyPair
    private let contact: String
    /// The public key in URL-safe base64, as a browser takes it for `applicationServerKey`.
    package let publicKey: String

    /// - Parameters:
    ///   - key: Its public part is what browsers subscribe with.
    ///   - contact: A `mailto:` or `https:` address of the operator.
    package init(key: P256KeyPair, contact: String) {
        self.key = key
        self.contact = contact
        let point = key.publicKey
        publicKey = Base64.encodeURL(point.span)
    }

    /// Returns the value of `Authorization` for a service (§3).
    ///
    /// - Parameters:
    ///   - origin: The service's scheme, host and, unless it is the usual one, port.
    ///   - now: Seconds since 1970.
    package func authorization(
        for origin: ByteText, now: Int64
    ) throws(OpenSSLFault) -> String {
        var claims = JSONWriter(capacity: 160)
        claims.beginObject()
        claims.field("aud", origin)
        claims.field("exp", now + Self.lifetimeSeconds)
        claims.field("sub", ByteText(contact))
        claims.endObject()
        let header = Array(#"{"typ":"JWT","alg":"ES256"}"#.utf8)
        let signed = Base64.encodeURL(header.span) + "." + Base64.encodeURL(claims.bytes.span)
        let signature = try key.signature(of: Array(signed.utf8).span)
        return "vapid t=\(signed).\(Base64.encodeURL(signature.span)), k=\(publicKey)"
    }
}
