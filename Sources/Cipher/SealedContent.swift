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
        guard text.count > 0, text[0] == UInt8(ascii: "v"), let colon = Self.colon(in: text) else {
            guard let bytes = Base64.decode(text) else { return nil }
            self.init(version: nil, bytes: bytes)
            return
        }
        guard let version = Self.version(text.extracting(1..<colon)),
            let bytes = Base64.decode(text.extracting((colon + 1)...))
        else { return nil }
        self.init(version: version, bytes: bytes)
    }

    var text: String {
        let base64 = Base64.encode(bytes.span)
        guard let version else { return base64 }
        return "v\(version):\(base64)"
    }

    /// Returns the place of a prefix's colon. It looks no further than the longest version.
    private static func colon(in text: Span<UInt8>) -> Int? {
        (0..<min(text.count, 12)).first { text[$0] == UInt8(ascii: ":") }
    }

    private static func version(_ digits: Span<UInt8>) -> Int? {
        guard (1...9).contains(digits.count), digits[0] != UInt8(ascii: "0") else { return nil }
        var version = 0
        for index in digits.indices {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits[index]) else {
                return nil
            }
            version = version * 10 + Int(digits[index] - UInt8(ascii: "0"))
        }
        return version
    }
}
