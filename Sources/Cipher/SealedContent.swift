import Encoding

/// A content as a store holds it: `v<version>:` and the base64 of nonce ‖ ciphertext ‖ tag. An
/// earlier system sealed the bare contents, which have no prefix.
struct SealedContent: Equatable {
    /// Nil for a bare content.
    let version: Int?
    /// nonce ‖ ciphertext ‖ tag.
    let bytes: [UInt8]

    init(version: Int?, bytes: [UInt8]) {
        self.version = version
        self.bytes = bytes
    }

    /// Reads a content. Returns nil unless the text is in canonical form: a version without
    /// leading zeros, canonical base64. So no two texts are the same content.
    init?(_ text: Span<UInt8>) {
        let prefix = KeyVersionPrefix(of: text)
        let start = prefix?.byteCount ?? 0
        guard let bytes = Base64.decode(text.extracting(start...)) else { return nil }
        self.init(version: prefix?.version, bytes: bytes)
    }

    var text: String {
        let base64 = Base64.encode(bytes.span)
        guard let version else { return base64 }
        return "v\(version):\(base64)"
    }
}
