@_spi(_Unicode) import Swift

/// UTF-8 text from outside: names, ids, field values and JSON strings. Two texts are equal if their
/// bytes are, and every operation is linear in the length.
///
/// `String` compares and hashes by canonical equivalence (UAX 15). That costs the square of the
/// length where combining marks stand in the wrong order, and one request holds 64 KiB of them.
package struct ByteText: Sendable {
    /// The same text for display, logs and C. Do not compare it: this type exists to avoid that.
    package let string: String

    package init(_ string: String) {
        self.string = string
    }

    /// The text of these bytes, with U+FFFD in place of invalid UTF-8.
    package init(repairing bytes: Span<UInt8>) {
        string = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    package var utf8: String.UTF8View { string.utf8 }
    package var isEmpty: Bool { string.utf8.isEmpty }
    /// In bytes.
    package var utf8Count: Int { string.utf8.count }

    /// Returns whether the text begins with these bytes.
    package func hasPrefix(_ prefix: StaticString) -> Bool {
        let count = prefix.utf8CodeUnitCount
        return utf8Count >= count && utf8.span.extracting(0..<count).equals(prefix)
    }

    package func contains(_ part: ByteText) -> Bool {
        utf8.span.contains(part.utf8.span)
    }

    /// Returns the text without its first bytes, which must be whole characters.
    package func droppingFirst(_ count: Int) -> ByteText {
        ByteText(repairing: utf8.span.extracting(min(count, utf8Count)..<utf8Count))
    }

    /// Returns the text without this suffix, or the same text if it has another one.
    package func droppingSuffix(_ suffix: StaticString) -> ByteText {
        let (bytes, end) = (utf8.span, utf8Count - suffix.utf8CodeUnitCount)
        guard end >= 0, bytes.extracting(end..<bytes.count).equals(suffix) else { return self }
        return ByteText(repairing: bytes.extracting(0..<end))
    }

    package static func + (text: ByteText, end: StaticString) -> ByteText {
        ByteText(text.string + end.description)
    }

    /// The text with A–Z in lower case, and nothing else changed.
    package var asciiLowercased: ByteText {
        let bytes = utf8.span
        return ByteText(
            String(unsafeUninitializedCapacity: bytes.count) { buffer in
                for index in bytes.indices { buffer[index] = bytes[index].asciiLowercased }
                return bytes.count
            })
    }

    /// The text with every scalar in lower case by itself (Unicode §3.13 without context rules).
    /// Names are looked up by it.
    package var caseFolded: ByteText {
        if utf8.allSatisfy({ $0 < 0x80 }) { return asciiLowercased }
        var folded = String.UnicodeScalarView()
        for scalar in string.unicodeScalars {
            // Most scalars have no other case, and a mapping costs ten times this check.
            if scalar.properties.changesWhenLowercased {
                folded.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            } else {
                folded.append(scalar)
            }
        }
        return ByteText(String(folded))
    }

    /// The text without white space (Unicode's White_Space) at either end.
    package var trimmed: ByteText {
        let bytes = utf8.span
        // Most texts begin and end with ASCII, whose properties need no search in a table.
        if bytes.count > 0, bytes[0].isVisibleASCII, bytes[bytes.count - 1].isVisibleASCII {
            return self
        }
        var scalars = string.unicodeScalars[...]
        scalars = scalars.drop(while: \.properties.isWhitespace)
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        return ByteText(String(Substring(scalars)))
    }
}

extension ByteText: Hashable {
    package static func == (one: ByteText, other: ByteText) -> Bool {
        one.utf8.span.equals(other.utf8.span)
    }

    package func hash(into hasher: inout Hasher) {
        utf8.span.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension ByteText: Comparable {
    /// The order of the bytes, which is that of the scalars.
    package static func < (one: ByteText, other: ByteText) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }
}

extension ByteText: CustomStringConvertible, ExpressibleByStringInterpolation {
    package var description: String { string }
    package init(stringLiteral string: String) { self.init(string) }
}

extension UInt8 {
    /// The byte with A–Z in lower case, and any other byte unchanged.
    package var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
    /// Whether it is an ASCII character other than white space and controls.
    package var isVisibleASCII: Bool { self > 0x20 && self < 0x7F }
}

extension CaseIterable where Self: RawRepresentable<String> {
    /// The case with this raw value, compared by bytes. `init(rawValue:)` compares as `String`
    /// does.
    package init?(named name: ByteText) {
        guard let found = Self.allCases.first(where: { ByteText($0.rawValue) == name }) else {
            return nil
        }
        self = found
    }
}

/// Unicode's Normalization Form C (UAX 15). The standard library offers it only as SPI.
package enum NormalizationFormC {
    /// Longer text stays as it is, since normalizing is quadratic at worst.
    private static let bytesMax = 1_024

    /// Returns the text with its characters composed, such as `é` as one scalar. Returns nil if
    /// that changes nothing, or the text is longer than 1,024 bytes.
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
