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

    private let key: Secret
    /// By the last 8 bytes of the signature, which are as good as a hash: choosing them needs the
    /// key.
    private let known = Mutex<[UInt64: Verified]>([:])

    init(key: Secret) {
        self.key = key
    }

    /// Returns the token, or nil unless this key signed it.
    func token(_ text: Span<UInt8>) -> SessionToken? {
        guard text.count >= 8 else { return nil }
        let end = text.bytes.unsafeLoadUnaligned(
            fromByteOffset: text.count - 8, as: UInt64.self)
        if let known = known.withLock({ $0[end] }), text.equals(known.text.span) {
            return known.token
        }
        guard let token = SessionToken(verifying: text, key: key) else { return nil }
        let verified = Verified(text: text.withUnsafeBufferPointer { Array($0) }, token: token)
        known.withLock { known in
            if known.count >= Self.countMax { known.removeAll() }
            known[end] = verified
        }
        return token
    }
}
