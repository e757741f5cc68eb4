/// The length of a request's body (RFC 9112 §6).
///
/// A framing that two readers could understand differently is refused. The limit is checked before
/// a byte of the body is read.
enum BodyFraming: Sendable, Equatable {
    /// May be zero.
    case length(Int)
    case chunked

    init(of fields: Fields, _ method: Method, _ version: Version, _ limits: Limits)
        throws(HTTPFault)
    {
        let lengths = fields.ranges(of: "Content-Length")
        let codings = fields.ranges(of: "Transfer-Encoding")
        if !codings.isEmpty {
            guard version == .http11, lengths.isEmpty else { throw .framingAmbiguous }
            try BodyFraming.requireChunked(codings, fields)
            self = .chunked
            return
        }
        guard let range = lengths.first else {
            if version == .http10, method.expectsContent { throw .lengthRequired }
            self = .length(0)
            return
        }
        guard lengths.count == 1, let length = BodyFraming.decimal(fields.bytes.span, range) else {
            throw .lengthMalformed
        }
        let max =
            method == .put
            ? Swift.max(limits.bodyBytesMax, limits.streamedBodyBytesMax) : limits.bodyBytesMax
        guard length <= max else { throw .bodyTooLarge }
        self = .length(length)
    }

    /// Requires that the last coding is chunked, and that there is no other.
    static func requireChunked(
        _ ranges: [Range<UInt32>], _ fields: Fields
    ) throws(HTTPFault) {
        var isChunked = false
        var hasOther = false
        for range in ranges {
            let value = fields.bytes[Int(range.lowerBound)..<Int(range.upperBound)]
            for part in value.split(separator: .comma, omittingEmptySubsequences: false) {
                let name = part.drop(while: \.isBlank)
                guard !isChunked, let first = name.first, first.isToken else {
                    throw .framingAmbiguous
                }
                let start = UInt32(name.startIndex)
                var end = UInt32(name.endIndex)
                while fields.bytes[Int(end) - 1].isBlank { end -= 1 }
                isChunked = fields.matches(start..<end, "chunked")
                hasOther = hasOther || !isChunked
            }
        }
        if hasOther { throw .codingUnknown }
        guard isChunked else { throw .framingAmbiguous }
    }

    /// Returns the number, or nil if there are other characters than digits. A number that is too
    /// large becomes `Int.max`.
    static func decimal(_ bytes: Span<UInt8>, _ range: Range<UInt32>) -> Int? {
        guard !range.isEmpty else { return nil }
        var number = 0
        for index in range {
            let byte = bytes[Int(index)]
            guard byte.isDigit else { return nil }
            let (product, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(Int(byte - 0x30))
            number = overflows || carries ? .max : sum
        }
        return number
    }
}
