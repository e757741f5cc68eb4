internal import Encoding

/// One line of the journal: `checksum SP length SP JSON LF`.
///
/// The checksum is CRC-32C over `length SP JSON`, as eight lower-case hex digits. The length is
/// that of the JSON in bytes, in decimal. Every bit of a line is covered, because a line has only
/// one spelling.
enum JournalLine {
    /// The longest line in bytes. An address has 24 bits for a record's length.
    static let bytesMax = 1 << 24
    /// The longest JSON in bytes. The rest is for the checksum and the length.
    static let jsonBytesMax = bytesMax - 64

    /// Appends the line, and returns the index in `bytes` at which its JSON begins.
    @discardableResult
    static func append(_ json: [UInt8], to bytes: inout [UInt8]) -> Int {
        let checksumStart = bytes.count
        for _ in 0..<8 { bytes.append(UInt8(ascii: "0")) }
        bytes.append(UInt8(ascii: " "))
        let coveredStart = bytes.count
        appendDecimal(json.count, to: &bytes)
        bytes.append(UInt8(ascii: " "))
        let jsonStart = bytes.count
        bytes.append(contentsOf: json)
        let checksum = CRC32C.checksum(bytes.span.extracting(coveredStart..<bytes.count))
        for (index, digit) in ChecksumText.digits(of: checksum).enumerated() {
            bytes[checksumStart + index] = digit
        }
        bytes.append(UInt8(ascii: "\n"))
        return jsonStart
    }

    /// Returns the range of the JSON in a line with its newline, or nil unless every byte is as it
    /// was written.
    static func json(in line: Span<UInt8>) -> Range<Int>? {
        guard line.count > 12, line.count <= bytesMax,
            line[line.count - 1] == UInt8(ascii: "\n"), line[8] == UInt8(ascii: " "),
            let checksum = ChecksumText.value(of: line.extracting(0..<8)),
            let space = endOfLength(in: line)
        else { return nil }
        let end = line.count - 1
        guard decimal(line.extracting(9..<space)) == end - space - 1,
            CRC32C.checksum(line.extracting(9..<end)) == checksum
        else { return nil }
        return (space + 1)..<end
    }

    private static func endOfLength(in line: Span<UInt8>) -> Int? {
        var index = 9
        while index < min(line.count, 18) {
            if line[index] == UInt8(ascii: " ") { return index > 9 ? index : nil }
            index += 1
        }
        return nil
    }

    private static func decimal(_ digits: Span<UInt8>) -> Int? {
        if digits[0] == UInt8(ascii: "0") { return nil }
        var value = 0
        for index in digits.indices {
            let digit = digits[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    private static func appendDecimal(_ value: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(value).utf8)
    }
}
