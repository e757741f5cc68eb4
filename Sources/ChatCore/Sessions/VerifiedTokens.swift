import Cryptography
import Encoding
import Program
import Synchronization

/// A cache of tokens with a valid signature, which saves each poll an HMAC. Every request still
/// checks the token's age and the user's epoch.
final class VerifiedTokens: Sendable {
    private struct Verified {
        let text: [UInt8]
        let token: SessionToken
    }

    /// About 2 MB. A full cache is emptied.
    private static let countMax = 4_096

    private struct Known {
        var tokens: [UInt64: Verified] = [:]
        /// The revision of the keys that have verified them.
        var revision = 0
    }

    private let keys: SessionKeys
    /// By the last 8 bytes of the signature, which are as good as a hash: choosing them needs the
    /// key.
    private let known = Mutex(Known())

    init(keys: SessionKeys) {
        self.keys = keys
    }

    /// Returns the token, or nil unless one of the keys signed it.
    func token(_ text: Span<UInt8>) -> SessionToken? {
        guard text.count >= 8 else { return nil }
        let end = text.bytes.unsafeLoadUnaligned(
            fromByteOffset: text.count - 8, as: UInt64.self)
        let revision = keys.revision
        let found = known.withLock { $0.revision == revision ? $0.tokens[end] : nil }
        if let found, text.equals(found.text.span) { return found.token }
        guard let token = keys.token(verifying: text) else { return nil }
        let verified = Verified(text: text.withUnsafeBufferPointer { Array($0) }, token: token)
        known.withLock { known in
            if known.tokens.count >= Self.countMax || known.revision != revision {
                known.tokens.removeAll()
            }
            known.revision = revision
            known.tokens[end] = verified
        }
        return token
    }
}
