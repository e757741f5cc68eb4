package import Encoding

/// Names a user for good. Any text: earlier systems chose their own. UUIDs are the same in either
/// case of their letters.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package let text: ByteText
    /// Reckoned once, and not for each look into a table.
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
