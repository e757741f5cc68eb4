import Cryptography
import Encoding
import HTTP

/// An entity tag (RFC 9110 §8.8.3): a hash of everything that an answer depends on. Two answers
/// with the same tag are equal.
struct EntityTag {
    let text: String

    init(_ hash: consuming SipHash) {
        text = Self.quoted(hash.finalize())
    }

    /// Returns the digest as 13 digits of five bits, in quotes. A String of 15 bytes needs no
    /// allocation: that saves 27 ns over hexadecimal digits (20 instead of 47 ns).
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

    /// Returns whether the client already has the answer. The comparison is weak, because a cache
    /// that compresses the answer also weakens its tag (RFC 9110 §13.1.2).
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

    /// Returns whether the request's other parts are of this answer, or it has none (RFC 9110
    /// §13.1.5).
    func isCurrent(forRangeOf request: Request) -> Bool {
        request.withField("If-Range") { $0.equals(text.utf8.span) } ?? true
    }

    /// The head of an answer whose pieces are not made, with this tag.
    var head: Response {
        var response = Response.headOfPieces
        response.fields.append(("ETag", text))
        return response
    }

    var notModified: Response {
        Response(.notModified, fields: [("ETag", text)])
    }
}

/// The key of the tags of answers that hold a user's data. It is derived from the session key, so
/// clients cannot infer revisions from tags. All processes with that key give equal tags.
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

    /// A fresh hash for one tag.
    var hash: SipHash { SipHash(key: words) }
}
