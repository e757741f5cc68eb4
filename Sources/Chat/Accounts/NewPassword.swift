package import Encoding

/// A password that somebody may choose: 8 characters to 72 bytes of UTF-8, which is all that bcrypt
/// looks at. No rules of composition (NIST SP 800-63B §3.1.1.2), but none that is known to
/// everyone. Kept in Unicode's Normalization Form C, so that it is the same password from every
/// keyboard.
package struct NewPassword: Sendable, CustomStringConvertible, CustomReflectable {
    package static let charactersMin = 8
    package static let bytesMax = 72

    let text: ByteText

    package init(_ typed: ByteText, username: ByteText) throws(ChatFault) {
        let text = NormalizationFormC.changed(typed) ?? typed
        if text.utf8.contains(0) { throw .weakPassword(.holdsNUL) }
        // First, so that nothing looks at the characters of a long one.
        if text.utf8Count > Self.bytesMax { throw .weakPassword(.tooLong) }
        if text.string.count < Self.charactersMin { throw .weakPassword(.tooShort) }
        let lowercased = text.caseFolded
        if lowercased == username.caseFolded { throw .weakPassword(.isUsername) }
        if CommonPasswords.contains(lowercased) { throw .weakPassword(.isCommon) }
        self.text = text
    }

    package var description: String { "<password>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
