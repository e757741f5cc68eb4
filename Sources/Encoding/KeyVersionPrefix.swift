/// The `v<key version>:` with which a sealed content begins. Base 64 of nonce, ciphertext and tag
/// follows.
package struct KeyVersionPrefix: Equatable {
    /// More digits are no version of a key.
    private static let digitsMax = 9

    /// From 1 to 999,999,999.
    package let version: Int
    package let byteCount: Int

    /// Nil where the bytes do not begin so: without `v`, with a leading zero, or without a colon.
    package init?(of content: Span<UInt8>) {
        guard content.count > 2, content[0] == UInt8(ascii: "v"), content[1] != UInt8(ascii: "0")
        else { return nil }
        var version = 0
        var index = 1
        while index < content.count, content[index] != UInt8(ascii: ":") {
            let digit = content[index] &- UInt8(ascii: "0")
            guard digit < 10, index <= Self.digitsMax else { return nil }
            version = version * 10 + Int(digit)
            index += 1
        }
        guard index > 1, index < content.count else { return nil }
        self.version = version
        byteCount = index + 1
    }
}
