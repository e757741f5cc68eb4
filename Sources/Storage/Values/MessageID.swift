package import Encoding

/// Names a message for good, and no other message in the store. Any text: clients and earlier
/// systems chose their own. UUIDs are the same in either case of their letters.
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
    package let text: ByteText

    package init(_ text: ByteText) {
        self.text = text
    }

    package var description: String { text.string }

    package static func == (one: MessageID, other: MessageID) -> Bool {
        UUIDText.areSame(one.text, other.text)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(IdentifierHash.of(text)) }
}
