/// The place of a JSON string (RFC 8259 §7) in a document.
package struct RawJSONString: Sendable {
    /// The range between the quotes.
    package let inside: Range<Int>
    /// Whether the string has no escape, so that its bytes are its text.
    package let isPlain: Bool

    /// Throws if `text(in:)` would. The bytes must be UTF-8 as a whole, so that only escapes can be
    /// wrong.
    package func checkEscapes(in bytes: Span<UInt8>) throws(JSONFault) {
        if !isPlain { _ = try text(in: bytes) }
    }

    /// Returns the text with its escapes undone. `bytes` is the document.
    package func text(in bytes: Span<UInt8>) throws(JSONFault) -> ByteText {
        if isPlain { return try Self.string(bytes.extracting(inside), at: inside.lowerBound) }
        var plain: [UInt8] = []
        plain.reserveCapacity(inside.count)
        var index = inside.lowerBound
        while index < inside.upperBound {
            if bytes[index] == UInt8(ascii: "\\") {
                try Self.undoEscape(at: &index, end: inside.upperBound, in: bytes, into: &plain)
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        return try Self.string(plain.span, at: inside.lowerBound)
    }

    private static func string(
        _ bytes: Span<UInt8>, at start: Int
    ) throws(JSONFault) -> ByteText {
        do {
            return ByteText(String(copying: try UTF8Span(validating: bytes)))
        } catch {
            throw notUTF8(error, from: start)
        }
    }

    private static func notUTF8(
        _ error: UTF8.ValidationError, from start: Int
    ) -> JSONFault {
        JSONFault(offset: start + error.byteOffsets.lowerBound, problem: .notUTF8)
    }

    private static func undoEscape(
        at index: inout Int, end: Int, in bytes: Span<UInt8>, into plain: inout [UInt8]
    ) throws(JSONFault) {
        guard index + 1 < end else { throw JSONFault(offset: index, problem: .badEscape) }
        let letter = bytes[index + 1]
        if letter == UInt8(ascii: "u") {
            let scalar = try unicodeEscape(at: &index, end: end, in: bytes)
            plain.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
            return
        }
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain.append(letter)
        case UInt8(ascii: "b"): plain.append(0x08)
        case UInt8(ascii: "f"): plain.append(0x0C)
        case UInt8(ascii: "n"): plain.append(0x0A)
        case UInt8(ascii: "r"): plain.append(0x0D)
        case UInt8(ascii: "t"): plain.append(0x09)
        default: throw JSONFault(offset: index, problem: .badEscape)
        }
        index += 2
    }

    /// `\uXXXX`, or two of them where the first is the high half of a surrogate pair.
    private static func unicodeEscape(
        at index: inout Int, end: Int, in bytes: Span<UInt8>
    ) throws(JSONFault) -> Unicode.Scalar {
        let start = index
        let first = try codeUnit(at: &index, end: end, in: bytes)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), index + 1 < end,
            bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
        else { throw JSONFault(offset: start, problem: .loneSurrogate) }
        let second = try codeUnit(at: &index, end: end, in: bytes)
        guard UTF16.isTrailSurrogate(second),
            let scalar = Unicode.Scalar(
                0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw JSONFault(offset: start, problem: .loneSurrogate) }
        return scalar
    }

    private static func codeUnit(
        at index: inout Int, end: Int, in bytes: Span<UInt8>
    ) throws(JSONFault) -> UInt16 {
        guard index + 6 <= end else { throw JSONFault(offset: index, problem: .badEscape) }
        var unit: UInt16 = 0
        for digit in (index + 2)..<(index + 6) {
            guard let value = Hex.value(of: bytes[digit]) else {
                throw JSONFault(offset: digit, problem: .badEscape)
            }
            unit = unit << 4 | UInt16(value)
        }
        index += 6
        return unit
    }
}
