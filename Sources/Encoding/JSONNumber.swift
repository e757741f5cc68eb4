/// A JSON number (RFC 8259 §6).
enum JSONNumber {
    /// Reads an integer if the number has neither fraction nor exponent and fits in 64 bits; else a
    /// double.
    static func read(_ offset: inout Int, in bytes: Span<UInt8>) throws(JSONFault) -> JSONValue {
        let start = offset
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let firstDigit = offset
        skipDigits(&offset, in: bytes)
        let digits = offset - firstDigit
        guard digits > 0 else {
            let atEnd = offset == bytes.count
            throw JSONFault(offset: offset, problem: atEnd ? .endTooSoon : .unexpectedByte)
        }
        guard digits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
            throw JSONFault(offset: start, problem: .badNumber)
        }
        let isWhole = try !skipFraction(&offset, in: bytes)
        if isWhole, let value = integer(bytes.extracting(start..<offset)) {
            return .integer(value)
        }
        guard let value = double(bytes.extracting(start..<offset)), value.isFinite else {
            throw JSONFault(offset: start, problem: .badNumber)
        }
        return .double(value)
    }

    private static func skipDigits(_ offset: inout Int, in bytes: Span<UInt8>) {
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
    }

    /// Steps over a fraction and an exponent. Returns whether there was one.
    private static func skipFraction(
        _ offset: inout Int, in bytes: Span<UInt8>
    ) throws(JSONFault) -> Bool {
        let start = offset
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try expectDigits(&offset, in: bytes)
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count,
                bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-")
            {
                offset += 1
            }
            try expectDigits(&offset, in: bytes)
        }
        return offset > start
    }

    private static func expectDigits(
        _ offset: inout Int, in bytes: Span<UInt8>
    ) throws(JSONFault) {
        let start = offset
        skipDigits(&offset, in: bytes)
        guard offset > start else { throw JSONFault(offset: start, problem: .badNumber) }
    }

    private static func integer(_ digits: Span<UInt8>) -> Int64? {
        let isNegative = digits[0] == UInt8(ascii: "-")
        var value: Int64 = 0
        var index = isNegative ? 1 : 0
        while index < digits.count {
            // Negative values reach Int64.min, which has no positive counterpart.
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(digits[index] &- UInt8(ascii: "0"))
            let (difference, tooLow) = product.subtractingReportingOverflow(digit)
            if tooLarge || tooLow { return nil }
            value = difference
            index += 1
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    private static func double(_ text: Span<UInt8>) -> Double? {
        guard let valid = try? UTF8Span(validating: text) else { return nil }
        return Double(String(copying: valid))
    }
}

/// The integers that every JSON reader represents exactly (RFC 8259 §6). Beyond them a reader with
/// doubles alone, such as JavaScript's, confuses neighbours.
package enum ExactIntegers {
    /// 2⁵³ − 1.
    package static let max: Int64 = (1 << 53) - 1
    package static let all = -max...max
}
