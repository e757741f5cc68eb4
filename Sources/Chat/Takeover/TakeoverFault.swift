package import Storage

/// The reasons why the earlier system's store cannot be taken over. Nothing was changed.
package enum TakeoverFault: Error, Sendable, CustomStringConvertible {
    case unreadable(String)
    /// The store holds messages, and the vault has no key that opens them.
    case noLegacyKey
    /// None of this many contents in the form of ciphertext opens.
    case wrongKey(Int, version: Int)
    /// Both lists hold messages, and their relation is unknown.
    case twoLists(messages: Int, chats: Int)
    /// The vault refuses this message for good.
    case refused(MessageID, String)

    package var description: String {
        switch self {
        case .unreadable(let why): "the earlier system's db.json cannot be read: \(why)"
        case .noLegacyKey:
            """
            the earlier system's messages need its key: give the 32 bytes to \
            `Cipher keys import --legacy`, send a running Cipher SIGHUP, and start again
            """
        case .wrongKey(let count, let version):
            """
            of \(count) contents that have the form of ciphertext, none opens with the legacy key: \
            it is most likely not the earlier system's, or Cipher has not been sent SIGHUP since \
            the right one was imported. Take this one out with `Cipher keys retire \(version)` \
            and `Cipher keys forget \(version)`, give the right 32 bytes to `Cipher keys import \
            --legacy`, send a running Cipher SIGHUP, and start again. If these contents are texts \
            that were stored readable, start once with --accept-plaintext \
            (CHATCORE_ACCEPT_PLAINTEXT=true)
            """
        case .twoLists(let messages, let chats):
            """
            the earlier system's db.json holds two lists, \(messages) `messages` and \(chats) \
            `chats`: take out the one that does not belong there, or join them (jq \
            '.messages += .chats | del(.chats)'), and start again
            """
        case .refused(let id, let why):
            """
            the vault does not take message \(id): \(why); shorten its text and ids, or take it \
            out, and start again
            """
        }
    }
}
