package import Encoding

/// Names a message for good, and no other message in the store. Any text: clients and earlier
/// systems chose their own.
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
    package let text: ByteText

    package init(_ text: ByteText) {
        self.text = text
    }

    package var description: String { text.string }
}
