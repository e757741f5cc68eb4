import Encoding
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
        let isMatch = request.withField("If-None-Match") { field in
            let tag = text.utf8.span
            if field.equals(tag) { return true }
            return field.firstPart(separatedBy: UInt8(ascii: ",")) { part in
                let candidate = part.extracting(part.withoutBlanks(part.indices))
                if candidate.equals("*") { return true }
                let start = candidate.hasPrefix("W/") ? 2 : 0
                return candidate.extracting(start..<candidate.count).equals(tag) ? true : nil
            } ?? false
        }
        return isMatch ?? false
    }

    var notModified: Response {
        Response(.notModified, fields: [("ETag", text)])
    }
}
