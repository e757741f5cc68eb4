internal import Encoding

/// The Range field with one range of bytes (RFC 9110 §14.1.2, §14.2).
package enum ByteRange {
    /// Returns the part of a body that the request asks for.
    ///
    /// Returns nil where the whole body is the answer: without the field, and for what a server may
    /// ignore. That is another unit, several ranges, a range from the end, and one behind it.
    ///
    /// - Parameter length: The length of the body in bytes.
    package static func part(of length: Int, for request: Request) -> Range<Int>? {
        guard request.method == .get else { return nil }
        return request.withField("Range") { part(of: length, in: $0) } ?? nil
    }

    static func part(of length: Int, in field: Span<UInt8>) -> Range<Int>? {
        guard field.count > 6, field.extracting(0..<6).equalsIgnoringCase("bytes=") else {
            return nil
        }
        var dash = 6
        while dash < field.count, field[dash] != UInt8(ascii: "-") { dash += 1 }
        guard dash < field.count, let first = number(in: field, 6..<dash), first < length else {
            return nil
        }
        guard dash + 1 < field.count else { return first..<length }
        guard let last = number(in: field, (dash + 1)..<field.count), last >= first else {
            return nil
        }
        return first..<(min(last, length - 1) + 1)
    }

    private static func number(in field: Span<UInt8>, _ range: Range<Int>) -> Int? {
        BodyFraming.decimal(field, UInt32(range.lowerBound)..<UInt32(range.upperBound))
    }
}
