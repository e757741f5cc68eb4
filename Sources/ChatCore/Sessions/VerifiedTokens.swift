import Cryptography
import Encoding
import Program
import Synchronization

/// Tokens whose signature was found right, so that a poll does not pay for it each time. What a
/// token is worth (its age, the user's epoch) is still looked at for every request.
final class VerifiedTokens: Sendable {
    private struct Verified {
        let text: [UInt8]
        let token: SessionToken
    }

    /// About 2 MB. Past it all are forgotten, and verified again as they come.
    private static let countMax = 4_096

    private let key: Secret
    /// By the end of their signatures: as good as a hash, and only who has the key can choose it.
    private let known = Mutex<[UInt64: Verified]>([:])

    init(key: Secret) {
        self.key = key
    }

    /// Nil unless it was signed with our key.
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
