/// Names a user for good. Any text: earlier systems chose their own.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }
}
