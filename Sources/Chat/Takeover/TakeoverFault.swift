package import Storage

/// Why the earlier system's store cannot be taken over. Nothing was changed.
package enum TakeoverFault: Error, Sendable, CustomStringConvertible {
    case unreadable(String)
    /// It holds messages, and the vault has no key that opens them.
    case noLegacyKey
    /// The vault will never seal this message's text.
    case textTooLong(MessageID, bytesMax: Int)

    package var description: String {
        switch self {
        case .unreadable(let why): "the earlier system's db.json cannot be read: \(why)"
        case .noLegacyKey:
            """
            the earlier system's messages need its key: give the 32 bytes to \
            `Cipher keys import --legacy` and start again
            """
        case .textTooLong(let id, let bytesMax):
            "the text of message \(id) is longer than the \(bytesMax) bytes that the vault seals: "
                + "shorten it or take the message out, and start again"
        }
    }
}
