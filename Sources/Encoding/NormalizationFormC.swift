@_spi(_Unicode) import Swift

/// Unicode's Normalization Form C (UAX 15). The standard library has it behind an SPI alone.
package enum NormalizationFormC {
    /// Normalizing costs the square of the length at worst, so longer text is left as it is.
    private static let bytesMax = 1_024

    /// Returns the text with its characters composed: `é` as one scalar, however it was typed.
    /// Returns nil if that changes nothing, or the text is longer than 1,024 bytes.
    package static func changed(_ text: ByteText) -> ByteText? {
        guard text.utf8Count <= bytesMax, text.utf8.contains(where: { $0 >= 0x80 }) else {
            return nil
        }
        var composed = String.UnicodeScalarView()
        composed.append(contentsOf: text.string._nfc)
        let normalized = ByteText(String(composed))
        return normalized == text ? nil : normalized
    }
}
