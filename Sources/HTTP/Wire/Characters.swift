/// The character classes of RFC 9110 §5.6 and RFC 3986, over single bytes.
extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let slash = UInt8(ascii: "/")
    static let questionMark = UInt8(ascii: "?")
    static let percent = UInt8(ascii: "%")

    var isBlank: Bool { self == .space || self == .tab }
    var isLowercaseLetter: Bool { self &- 0x61 < 26 }
    var isLetter: Bool { (self | 0x20).isLowercaseLetter }
    var isDigit: Bool { self &- 0x30 < 10 }

    /// What a field value may hold beside its blanks: printable ASCII and opaque bytes above it.
    var isFieldText: Bool { self >= 0x20 && self != 0x7f || self == .tab }

    /// tchar, what names and methods are made of.
    var isToken: Bool { classes(of: self) & tokenClass != 0 }

    /// pchar, "/", "?" and "%": what path and query are made of. Escapes are judged separately.
    var isTarget: Bool { classes(of: self) & targetClass != 0 }

    var hexadecimalValue: UInt8? {
        if isDigit { return self - 0x30 }
        let letter = self | 0x20
        return letter &- 0x61 < 6 ? letter - 0x57 : nil
    }
}

private let tokenClass: UInt8 = 1
private let targetClass: UInt8 = 2

private func classes(of byte: UInt8) -> UInt8 {
    byte < 0x80 ? table[Int(byte)] : 0
}

/// One byte for each ASCII character, so that the hot loops look up and do not compare.
private let table: InlineArray<128, UInt8> = {
    var table = InlineArray<128, UInt8>(repeating: 0)
    for byte in UInt8(0)..<0x80 where byte.isLetter || byte.isDigit {
        table[Int(byte)] = tokenClass | targetClass
    }
    for byte in "!#$%&'*+-.^_`|~".utf8 { table[Int(byte)] |= tokenClass }
    for byte in "-._~!$&'()*+,;=:@/?%".utf8 { table[Int(byte)] |= targetClass }
    return table
}()
