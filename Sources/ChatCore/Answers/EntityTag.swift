import Cryptography
import Encoding
import HTTP

/// What an answer depends on, condensed (RFC 9110 §8.8.3): two answers with the same tag are the
/// same.
struct EntityTag {
    let text: String

    init(_ hash: consuming SipHash) {
        text = Self.quoted(hash.finalize())
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

/// Begins the tags of answers that hold somebody's data. They are keyed from the session key:
/// nobody can tell revisions by them, and every process with that key gives the same ones.
struct EntityTagKey: Sendable {
    private let words: (UInt64, UInt64)

    /// Derives the key: the first 16 bytes of HMAC-SHA-256 over `entity tag v1`.
    init(sessionKey: Secret) {
        let code = HMACSHA256.code(of: Array("entity tag v1".utf8).span, key: sessionKey)
        func word(_ start: Int) -> UInt64 {
            code[start..<(start + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        words = (word(0), word(8))
    }

    /// The hash of a tag, with nothing of what the answer depends on in it so far.
    var hash: SipHash { SipHash(key: words) }
}
