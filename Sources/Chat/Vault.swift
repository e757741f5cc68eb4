package import Encoding
package import Storage

/// The key holder that the rules need: it seals text into ciphertext and opens it again.
///
/// A `context` is authenticated together with the text, so that a ciphertext opens only with the
/// context it was sealed with.
package protocol Vault: Sendable {
    func seal(_ text: ByteText, context: ByteText) async throws(VaultFault) -> ByteText
    /// Returns the text of each ciphertext, in the same order. One that does not open affects no
    /// other.
    func open(_ sealed: [SealedText]) async throws(VaultFault) -> [OpenedText]
    /// Opens stored messages, as `open` does. Each is bound to its `MessageContext`.
    func open(_ messages: RecordedMessages) async throws(VaultFault) -> [OpenedText]
    /// Returns, for each ciphertext that opens, the same plaintext sealed under the current key.
    func rewrap(_ sealed: [SealedText]) async throws(VaultFault) -> [OpenedText]
    /// Seals, opens or moves one piece of a photo under the current key.
    func chunk(
        _ operation: ChunkOperation, _ bytes: [UInt8], context: ByteText
    ) async throws(VaultFault) -> VaultChunk
    /// Returns all key versions, retired ones included.
    func keys() async throws(VaultFault) -> [VaultKey]
    /// Tells the vault how many stored contents each key version sealed. A version that is not
    /// named is needed for none.
    func note(contents: [Int: Int64]) async throws(VaultFault)
}

extension Vault {
    package func chunk(
        _ operation: ChunkOperation, _ bytes: [UInt8], context: ByteText
    ) async throws(VaultFault) -> VaultChunk {
        throw .failed("this vault seals no photos")
    }

    package func note(contents: [Int: Int64]) async throws(VaultFault) {}
}

package struct SealedText: Sendable {
    package let content: JSONText
    package let context: JSONText
    /// The context for a rewrap to seal with; nil for the same one.
    package let nextContext: JSONText?

    package init(content: JSONText, context: JSONText, nextContext: JSONText? = nil) {
        self.content = content
        self.context = context
        self.nextContext = nextContext
    }
}

package enum OpenedText: Sendable, Equatable {
    case text(JSONText)
    /// Was changed, was moved from another place, or was sealed by an unknown key.
    case notAuthentic
    /// Was sealed by a key that is retired or forgotten, so that its content is unknown.
    case keyRetired

    /// The content of a row whose text is not authentic.
    package static let unreadable: JSONText = "[Gagal Decrypt]"
    /// The content of a row whose key is retired.
    package static let retired: JSONText = "[Kunci Nonaktif]"

    package var isFound: Bool { if case .text = self { true } else { false } }

    /// The text, or nil if the ciphertext did not open.
    package var found: JSONText? {
        switch self {
        case .text(let text): text
        case .notAuthentic, .keyRetired: nil
        }
    }
}

package struct VaultKey: Sendable, Equatable {
    package let version: Int
    /// Identifies the key without disclosing it.
    package let fingerprint: ByteText
    /// Whether the key is the one of the earlier system's ciphertexts. A retired one does not open
    /// them.
    package let isLegacy: Bool
    /// Whether the key opens nothing any more.
    package let isRetired: Bool
    /// Whether the key seals new messages.
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
    /// Returns a hash of all keys and of the ciphertexts that each opens. The choice of the current
    /// key does not change it.
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

/// The vault gave no usable answer. The reasons are for logs and operators.
package enum VaultFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The vault cannot be reached, is too slow, or is unwell. A later try may succeed.
    case unavailable(String)
    /// The vault's keys are sealed. It is well, and waits for its operator.
    case sealed
    /// The vault holds other keys than those that sealed the store's messages.
    case otherKeys(String)
    /// Too many texts wait for the vault already. It was not asked, and may be well.
    case busy
    /// The vault refuses this text or context for good. It is well, and accepts others.
    case refused(String)
    /// The vault cannot do this now. It is well, and other operations may work: a key that may seal
    /// no more still opens.
    case failed(String)
    /// The one requested text was sealed by a retired key.
    case keyRetired

    /// The answer does not fit the request.
    static let notAsAsked = VaultFault.failed("the vault's answer is not what was asked for")

    /// Whether the fault concerns the vault as a whole, and not only this call.
    var isOfVault: Bool {
        switch self {
        case .unavailable, .sealed, .otherKeys: true
        case .busy, .refused, .failed, .keyRetired: false
        }
    }

    package var description: String {
        switch self {
        case .unavailable(let why), .otherKeys(let why), .refused(let why), .failed(let why): why
        case .sealed: "the vault is sealed: run Cipher unseal"
        case .busy: "too many texts wait for the vault"
        case .keyRetired: "the key that sealed it is retired"
        }
    }
}
