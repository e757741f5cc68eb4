package import Encoding

/// A password that a user may choose: from 8 characters to 72 bytes of UTF-8, which is bcrypt's
/// limit.
///
/// There are no composition rules (NIST SP 800-63B §3.1.1.2), but common passwords are refused. The
/// text is kept in Unicode's Normalization Form C, so that it is the same from every keyboard.
package struct NewPassword: Sendable, CustomStringConvertible, CustomReflectable {
    package static let charactersMin = 8
    package static let bytesMax = 72

    let text: ByteText

    package init(_ typed: ByteText, username: ByteText) throws(ChatFault) {
        let text = NormalizationFormC.changed(typed) ?? typed
        if text.utf8.contains(0) { throw .weakPassword(.holdsNUL) }
        // The length comes first, so that nothing processes the characters of a long text.
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
