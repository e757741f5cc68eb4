package import Encoding

/// Identifies one message in the store for good. An id is any text, because clients and earlier
/// systems chose their own. Two spellings of a UUID in different case are equal.
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
