package import Storage

/// Why the earlier system's store cannot be taken over. Nothing was changed.
package enum TakeoverFault: Error, Sendable, CustomStringConvertible {
    case unreadable(String)
    /// It holds messages, and the vault has no key that opens them.
    case noLegacyKey
    /// The vault will never take this message.
    case refused(MessageID, String)

    package var description: String {
        switch self {
        case .unreadable(let why): "the earlier system's db.json cannot be read: \(why)"
        case .noLegacyKey:
            """
            the earlier system's messages need its key: give the 32 bytes to \
            `Cipher keys import --legacy` and start again
            """
        case .refused(let id, let why):
            """
            the vault does not take message \(id): \(why); shorten its text and ids, or take it \
            out, and start again
            """
        }
    }
}
