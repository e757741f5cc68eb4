package import Encoding

/// Identifies a user for good. An id is any text, because earlier systems chose their own. Two
/// spellings of a UUID in different case are equal.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package let text: ByteText
    /// Computed once, because every table lookup needs it.
    let hash: UInt64

    package init(_ text: ByteText) {
        self.text = text
        hash = IdentifierHash.of(text)
    }

    package var description: String { text.string }

    package static func == (one: UserID, other: UserID) -> Bool {
        one.hash == other.hash && UUIDText.areSame(one.text, other.text)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
