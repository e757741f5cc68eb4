internal import Encoding

/// The content codings that a client takes (RFC 9110 §12.5.3).
package enum AcceptEncoding {
    /// Returns whether the request takes a body in gzip.
    package static func takesGzip(_ request: Request) -> Bool {
        var named: Bool?
        var others: Bool?
        _ = request.withField("Accept-Encoding") { field in
            field.firstPart(separatedBy: .comma) { part -> Never? in
                guard let (range, isAccepted) = coding(part) else { return nil }
                let name = part.extracting(range)
                if name.equalsIgnoringCase("gzip") || name.equalsIgnoringCase("x-gzip") {
                    named = isAccepted
                } else if name.equals("*") {
                    others = isAccepted
                }
                return nil
            }
        }
        return named ?? others ?? false
    }

    /// Returns the range of a coding's name, and whether its weight is above 0.
    private static func coding(_ part: Span<UInt8>) -> (name: Range<Int>, isAccepted: Bool)? {
        let end = part.firstIndex(of: .semicolon, from: 0) ?? part.count
        let name = part.withoutBlanks(0..<end)
        guard !name.isEmpty else { return nil }
        guard end < part.count else { return (name, true) }
        let weight = part.withoutBlanks((end + 1)..<part.count)
        guard weight.count >= 3, part[weight.lowerBound] | 0x20 == UInt8(ascii: "q"),
            part[weight.lowerBound + 1] == .equals
        else { return (name, true) }
        let digits = (weight.lowerBound + 2)..<weight.upperBound
        // "0", "0.", "0.0" and so on are the weights that refuse.
        return (name, digits.contains { part[$0] != UInt8(ascii: "0") && part[$0] != .dot })
    }
}
