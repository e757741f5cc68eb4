/// Names a user for good. Any text: earlier systems chose their own.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    /// Reckoned once, and not for each look into a table.
    let hash: UInt64

    package init(_ text: String) {
        self.text = text
        hash = IdentifierHash.of(text)
    }

    package var description: String { text }

    package static func == (one: UserID, other: UserID) -> Bool {
        one.hash == other.hash && one.text == other.text
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
