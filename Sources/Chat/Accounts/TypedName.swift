internal import Encoding

/// A username as somebody typed it. It is looked up as it stands before anything is taken away:
/// names of an earlier system may begin with `@` and end with blanks.
struct TypedName {
    /// The names that may be meant, in the order in which they are looked up, each exactly and then
    /// regardless of case. None for a text that is longer than any name.
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

    /// The alternatives cost a pass over the text each, so they wait for the look at its length.
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
