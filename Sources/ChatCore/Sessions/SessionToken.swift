import Cryptography
import Encoding
import Program
import Storage

/// The token of a session: a JWT (RFC 7519) that is always signed with HS256.
struct SessionToken: Equatable {
    let user: UserID
    /// Seconds since 1970.
    let issuedAt: Int64
    let expiresAt: Int64
    /// The user's epoch at signing. The token is invalid under any other epoch.
    let epoch: Int

    /// Longer texts are refused. An id of an earlier system can have 4 KiB.
    private static let bytesMax = 8 << 10

    func signed(with key: Secret) -> String {
        var claims = JSONWriter(capacity: 128)
        claims.beginObject()
        claims.field("sub", user.text)
        claims.field("iat", issuedAt)
        claims.field("exp", expiresAt)
        claims.field("epoch", epoch)
        claims.endObject()
        let header = Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8)
        let signed = Base64.encodeURL(header.span) + "." + Base64.encodeURL(claims.bytes.span)
        let code = HMACSHA256.code(of: Array(signed.utf8).span, key: key)
        return signed + "." + Base64.encodeURL(code.span)
    }

    init(user: UserID, issuedAt: Int64, expiresAt: Int64, epoch: Int) {
        self.user = user
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.epoch = epoch
    }

    /// Reads a token. Nil unless that key signed it. The caller checks its age and epoch.
    init?(verifying text: Span<UInt8>, key: Secret) {
        guard text.count <= Self.bytesMax else { return nil }
        let bytes = text.withUnsafeBufferPointer { Array($0) }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let code = Self.decoded(parts[2]) else { return nil }
        let signed = Array(bytes[..<(parts[2].startIndex - 1)])
        let expected = HMACSHA256.code(of: signed.span, key: key)
        guard expected.span.equalsInConstantTime(code.span),
            let header = Self.object(parts[0]), Self.isSupported(header),
            let claims = Self.object(parts[1])
        else { return nil }
        guard let userId = claims["sub"]?.text, let issuedAt = claims["iat"]?.integer,
            let expiresAt = claims["exp"]?.integer, let epoch = claims["epoch"]?.integer
        else { return nil }
        self.init(
            user: UserID(userId), issuedAt: issuedAt, expiresAt: expiresAt, epoch: Int(epoch))
    }

    var name: SessionName {
        SessionName(issuedAt: issuedAt, expiresAt: expiresAt)
    }

    /// The token must not choose the algorithm (RFC 8725 §3.1), and no critical extension is known.
    private static func isSupported(_ header: JSONObject) -> Bool {
        header["alg"]?.text == "HS256" && header["crit"] == nil
            && (header["typ"] == nil || header["typ"]?.text == "JWT")
    }

    private static func object(_ part: ArraySlice<UInt8>) -> JSONObject? {
        guard let bytes = decoded(part) else { return nil }
        return try? JSONValue.parse(bytes.span, depthMax: 2).object
    }

    private static func decoded(_ part: ArraySlice<UInt8>) -> [UInt8]? {
        let text = Array(part)
        return Base64.decodeURL(text.span)
    }
}
