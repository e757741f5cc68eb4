package import Encoding
package import Storage

/// What the rules need of whoever holds the keys: text in, ciphertext out, and back.
///
/// A `context` is authenticated together with the text, so that what was sealed in one place opens
/// in no other.
package protocol Vault: Sendable {
    func seal(_ text: ByteText, context: ByteText) async throws(VaultFault) -> ByteText
    /// Each in its place: one that does not open spoils no other.
    func open(_ sealed: [SealedText]) async throws(VaultFault) -> [OpenedText]
    /// The same for messages where they were stored, each bound to its `MessageContext`.
    func open(_ messages: RecordedMessages) async throws(VaultFault) -> [OpenedText]
    /// Of each that opens, the content that holds the same plaintext under the newest key.
    func rewrap(_ sealed: [SealedText]) async throws(VaultFault) -> [OpenedText]
    /// All key versions, retired ones too.
    func keys() async throws(VaultFault) -> [VaultKey]
}

package struct SealedText: Sendable {
    package let content: JSONText
    package let context: JSONText

    package init(content: JSONText, context: JSONText) {
        self.content = content
        self.context = context
    }
}

package enum OpenedText: Sendable, Equatable {
    case text(JSONText)
    /// Tampered with, moved from another place, or sealed by a key that was never there.
    case notAuthentic
    /// Sealed by a key that was retired or forgotten, so that nothing more is known.
    case keyRetired

    /// The content of a row whose text is not authentic.
    package static let unreadable: JSONText = "[Gagal Decrypt]"
    /// The content of a row whose key is retired.
    package static let retired: JSONText = "[Kunci Nonaktif]"

    package var isFound: Bool { if case .text = self { true } else { false } }

    /// The text, where it opened.
    package var found: JSONText? {
        switch self {
        case .text(let text): text
        case .notAuthentic, .keyRetired: nil
        }
    }
}

package struct VaultKey: Sendable, Equatable {
    package let version: Int
    /// Tells one key from another without telling the key.
    package let fingerprint: ByteText
    /// Whether it opens what an earlier system sealed: one that is retired does not.
    package let isLegacy: Bool
    /// Whether it opens nothing any more.
    package let isRetired: Bool
    /// Whether it is the one that seals.
    package let isCurrent: Bool

    package init(
        version: Int, fingerprint: ByteText, isLegacy: Bool = false, isRetired: Bool = false,
        isCurrent: Bool = false
    ) {
        self.version = version
        self.fingerprint = fingerprint
        self.isLegacy = isLegacy
        self.isRetired = isRetired
        self.isCurrent = isCurrent
    }
}

extension VaultKey {
    /// A hash of which keys there are and what each opens; not of which one seals.
    static func digest(of keys: [VaultKey]) -> UInt64 {
        var hash = SipHash()
        let inOrder = keys.sorted {
            ($0.version, $0.fingerprint) < ($1.version, $1.fingerprint)
        }
        for key in inOrder {
            hash.combine(UInt64(key.version))
            hash.combine(key.fingerprint.utf8.span)
            hash.combine((key.isLegacy ? 1 : 0) | (key.isRetired ? 2 : 0))
        }
        return hash.finalize()
    }
}

/// The vault gave no answer that can be used; the reason is for logs and operators.
package enum VaultFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Not reached, too slow, or unwell: worth another try soon.
    case unavailable(String)
    /// It holds other keys than those the store's messages were sealed with.
    case otherKeys(String)
    /// Too much waits for it already. It was not asked, and may be well.
    case busy
    /// It takes no such text or context, now or later. It is well, and takes others.
    case refused(String)
    /// It answers that it cannot do this now. It is well, and may do something else: a key that
    /// may seal no more still opens.
    case failed(String)
    /// The key that sealed the one text that was asked for was retired.
    case keyRetired

    /// An answer that does not fit what was asked.
    static let notAsAsked = VaultFault.failed("the vault's answer is not what was asked for")

    /// Whether it says something of the vault, and not of this call alone.
    var isOfVault: Bool {
        switch self {
        case .unavailable, .otherKeys: true
        case .busy, .refused, .failed, .keyRetired: false
        }
    }

    package var description: String {
        switch self {
        case .unavailable(let why), .otherKeys(let why), .refused(let why), .failed(let why): why
        case .busy: "too many texts wait for the vault"
        case .keyRetired: "the key that sealed it is retired"
        }
    }
}
