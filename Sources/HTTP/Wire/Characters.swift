import Glibc

/// The character classes of RFC 9110 §5.6 and RFC 3986, over single bytes.
extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let ampersand = UInt8(ascii: "&")
    static let plus = UInt8(ascii: "+")
    static let comma = UInt8(ascii: ",")
    static let dot = UInt8(ascii: ".")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let quote = UInt8(ascii: "\"")
    static let equals = UInt8(ascii: "=")
    static let backslash = UInt8(ascii: "\\")
    static let slash = UInt8(ascii: "/")
    static let questionMark = UInt8(ascii: "?")
    static let percent = UInt8(ascii: "%")

    var isBlank: Bool { self == .space || self == .tab }
    var isLowercaseLetter: Bool { self &- 0x61 < 26 }
    var isLetter: Bool { (self | 0x20).isLowercaseLetter }
    var isDigit: Bool { self &- 0x30 < 10 }

    /// Whether a field value may have the byte: printable ASCII, a tab, or an opaque byte above
    /// ASCII.
    var isFieldText: Bool { self >= 0x20 && self != 0x7f || self == .tab }

    /// Whether it is a tchar, for names and methods.
    var isToken: Bool { isIn(0x03ff_6cfa_0000_0000, 0x57ff_ffff_c7ff_fffe) }

    /// Whether it is a pchar, "/", "?" or "%", for paths and queries. Escapes are checked
    /// separately.
    var isTarget: Bool { isIn(0xafff_fff2_0000_0000, 0x47ff_fffe_87ff_ffff) }

    /// Whether a query may have it: characters of the grammar, and those that browsers send
    /// unescaped (URL Standard, query percent-encode set).
    var isQuery: Bool { isIn(0xafff_fff2_0000_0000, 0x7fff_ffff_ffff_ffff) }

    /// Whether a reg-name may have it, or "%".
    var isHostName: Bool { isIn(0x2bff_7ff2_0000_0000, 0x47ff_fffe_87ff_fffe) }

    var hexadecimalValue: UInt8? {
        if isDigit { return self - 0x30 }
        let letter = self | 0x20
        return letter &- 0x61 < 6 ? letter - 0x57 : nil
    }

    /// Looks the byte up in a set of ASCII characters, given as bits: those below 64, and the
    /// others.
    private func isIn(_ low: UInt64, _ high: UInt64) -> Bool {
        let bits = self < 64 ? low : self < 128 ? high : 0
        return bits &>> UInt64(self) & 1 == 1
    }
}

extension Span<UInt8> {
    /// Returns the first index of `byte` at or after `start`.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        start < count ? firstIndex(of: byte, in: start..<count) : nil
    }

    /// Returns the first index of `byte` in `range`.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        extracting(range).withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress,
                let found = memchr(base, Int32(byte), buffer.count)
            else { return nil }
            return range.lowerBound + (UnsafeRawPointer(found) - UnsafeRawPointer(base))
        }
    }

    /// Returns whether the bytes at `start` are `text`.
    func has(_ text: StaticString, at start: Int) -> Bool {
        guard start + text.utf8CodeUnitCount <= count else { return false }
        for index in 0..<text.utf8CodeUnitCount
        where self[start + index] != text.utf8Start[index] {
            return false
        }
        return true
    }
}

extension [UInt8] {
    init(copying span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { [UInt8]($0) }
    }
}

extension String {
    /// Invalid UTF-8 becomes U+FFFD.
    init(copying span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
