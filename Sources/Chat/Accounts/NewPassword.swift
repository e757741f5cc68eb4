/// A password that somebody may choose: 8 characters to 72 bytes of UTF-8, which is all that bcrypt
/// looks at. No rules of composition (NIST SP 800-63B §3.1.1.2), but none that is known to
/// everyone.
package struct NewPassword: Sendable, CustomStringConvertible, CustomReflectable {
    package static let charactersMin = 8
    package static let bytesMax = 72

    let text: String

    package init(_ text: String, username: String) throws(ChatFault) {
        if text.utf8.contains(0) { throw .weakPassword(.holdsNUL) }
        if text.count < Self.charactersMin { throw .weakPassword(.tooShort) }
        if text.utf8.count > Self.bytesMax { throw .weakPassword(.tooLong) }
        let lowercased = text.lowercased()
        if lowercased == username.lowercased() { throw .weakPassword(.isUsername) }
        if CommonPasswords.contains(lowercased) { throw .weakPassword(.isCommon) }
        self.text = text
    }

    package var description: String { "<password>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
