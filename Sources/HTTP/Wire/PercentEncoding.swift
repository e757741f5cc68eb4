internal import Encoding

/// Decodes percent-encoding (RFC 3986 §2.1) strictly. An invalid escape, a NUL or invalid UTF-8
/// gives nil.
enum PercentEncoding {
    /// Returns whether ASCII text has no escapes.
    static func isPlain(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        bytes.firstIndex(of: .percent, in: range) == nil
    }

    static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> ByteText? {
        isPlain(bytes, range)
            ? ByteText(repairing: bytes.extracting(range)) : decode(bytes, range)
    }

    static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>) -> ByteText? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            var byte = bytes[index]
            index += 1
            if byte == .percent {
                guard index + 1 < range.upperBound,
                    let high = bytes[index].hexadecimalValue,
                    let low = bytes[index + 1].hexadecimalValue
                else { return nil }
                byte = high << 4 | low
                index += 2
            }
            if byte == 0 { return nil }
            decoded.append(byte)
        }
        return String(validating: decoded, as: UTF8.self).map { ByteText($0) }
    }
}
