import HTTP

/// What an answer depends on, condensed (RFC 9110 §8.8.3): two answers with the same tag are the
/// same.
///
/// The digest is keyed anew by every process, so a tag never outlives the counters it was made of.
struct EntityTag {
    let text: String

    /// - Parameter parts: Everything that the answer depends on.
    init(of parts: some Hashable) {
        var hasher = Hasher()
        hasher.combine(parts)
        text = Self.quoted(UInt64(truncatingIfNeeded: hasher.finalize()))
    }

    /// 15 bytes with its quotes, five bits a digit: a String holds them without an allocation.
    private static func quoted(_ digest: UInt64) -> String {
        String(unsafeUninitializedCapacity: 15) { bytes in
            bytes.initialize(repeating: UInt8(ascii: "\""))
            for index in 1...13 {
                let digit = UInt8(digest &>> UInt64(5 * (index - 1)) & 31)
                bytes[index] = digit < 10 ? UInt8(ascii: "0") + digit : 87 + digit
            }
            return 15
        }
    }

    /// Whether the asker has it already. Compared weakly, since a cache that compresses on the way
    /// weakens the tag (RFC 9110 §13.1.2).
    func matches(_ request: Request) -> Bool {
        guard let field = request.field("If-None-Match") else { return false }
        if field == text { return true }
        return field.split(separator: ",").contains { candidate in
            var candidate = candidate.drop { $0 == " " || $0 == "\t" }
            while candidate.last == " " || candidate.last == "\t" { candidate.removeLast() }
            if candidate == "*" { return true }
            if candidate.hasPrefix("W/") { candidate = candidate.dropFirst(2) }
            return candidate == text
        }
    }

    var notModified: Response {
        Response(.notModified, fields: [("ETag", text)])
    }
}
