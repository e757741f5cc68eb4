internal import Encoding

/// A username as a user typed it. It is looked up unchanged first, because names of an earlier
/// system may begin with `@` and end with blanks.
struct TypedName {
    /// The possible names, in the order of their lookups. Each is looked up exactly and then
    /// regardless of case. A text longer than any name has none.
    let candidates: [ByteText]

    init(atLogIn text: ByteText) {
        self.init(text) { [text.trimmed] }
    }

    init(ofFriend text: ByteText) {
        self.init(text) {
            let trimmed = text.trimmed
            return [trimmed, Self.withoutSign(text), Self.withoutSign(trimmed).trimmed]
        }
    }

    /// Computes the alternatives only after the check of the length, because each costs a pass over
    /// the text.
    private init(_ text: ByteText, alternatives: () -> [ByteText]) {
        guard text.utf8Count <= Username.lookedUpBytesMax else {
            candidates = []
            return
        }
        var candidates = [text]
        for other in alternatives() where !other.isEmpty && !candidates.contains(other) {
            candidates.append(other)
        }
        self.candidates = candidates
    }

    private static func withoutSign(_ text: ByteText) -> ByteText {
        text.hasPrefix("@") ? text.droppingFirst(1) : text
    }
}
