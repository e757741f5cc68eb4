import Program
import Synchronization

/// Tokens whose signature was found right, so that a poll does not pay for it each time. What a
/// token is worth (its age, the user's epoch) is still looked at for every request.
final class VerifiedTokens: Sendable {
    /// About 2 MB. Past it all are forgotten, and verified again as they come.
    private static let countMax = 4_096

    private let key: Secret
    private let tokens = Mutex<[String: SessionToken]>([:])

    init(key: Secret) {
        self.key = key
    }

    /// Nil unless it was signed with our key.
    func token(_ text: String) -> SessionToken? {
        if let known = tokens.withLock({ $0[text] }) { return known }
        guard let token = SessionToken(verifying: text, key: key) else { return nil }
        tokens.withLock { tokens in
            if tokens.count >= Self.countMax { tokens.removeAll() }
            tokens[text] = token
        }
        return token
    }
}
