import Chat
import Cryptography
import Encoding
import HTTP
import Program
import Storage

/// Issues session tokens and identifies callers by them. The server keeps no sessions: a signed
/// token names the user, and the user's epoch tells whether it is still valid.
final class Sessions: Sendable {
    private let key: Secret
    private let verified: VerifiedTokens
    private let secondsMax: Int64
    private let store: any ChatStore
    private let clients: Clients
    private let clock: @Sendable () -> Int64

    /// - Parameters:
    ///   - key: Signs the tokens.
    ///   - days: The lifetime of a session.
    ///   - clock: Milliseconds since 1970.
    init(
        key: Secret, days: Int, store: any ChatStore, clients: Clients,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.key = key
        verified = VerifiedTokens(key: key)
        secondsMax = Int64(days) * 86_400
        self.store = store
        self.clients = clients
        self.clock = clock
    }

    /// Returns a fresh token for the user, and the cookie that carries it.
    func begin(
        for user: User, _ request: Request
    ) async throws -> (token: String, cookie: String) {
        let now = seconds(at: try await store.currentPollFacts(of: user.id))
        let token = SessionToken(
            user: user.id, issuedAt: now, expiresAt: now + secondsMax, epoch: user.epoch
        ).signed(with: key)
        return (token, cookie(for: request).setting(token, seconds: secondsMax))
    }

    /// Returns the user whose session the request proves. A Bearer token, even a bad one, wins over
    /// the cookie. A change with only a cookie must come from a page of this origin.
    func caller(of request: Request) async throws -> UserID {
        if let token = request.withField("Authorization", bearerToken) {
            return try await user(of: token)
        }
        guard let text = cookie(for: request).token(in: request) else {
            throw APIFault.unauthorized
        }
        let user = try await user(of: verified.token(text.utf8.span))
        guard
            request.method == .get || request.method == .head
                || SameOrigin.isConfirmed(for: request)
        else { throw APIFault.crossOrigin }
        return user
    }

    /// Returns the caller, which must have the id that the request claims.
    func caller(of request: Request, claiming id: ByteText) async throws -> UserID {
        let user = try await caller(of: request)
        guard user.text == id || user == UserID(id) else { throw ChatFault.forbidden }
        return user
    }

    /// Returns the field that clears the cookie for a page of this origin, and nil for other
    /// clients. Pages of other origins are refused with or without the cookie: `SameSite` keeps it
    /// out of their requests, but would let the answer clear it.
    func end(_ request: Request) throws(APIFault) -> String? {
        let cookie = cookie(for: request)
        if SameOrigin.isConfirmed(for: request) { return cookie.clearing }
        // The client itself drops a Bearer token; there is no cookie to clear.
        if request.hasField("Authorization") { return nil }
        guard SameOrigin.isUnstated(by: request), cookie.token(in: request) == nil else {
            throw .crossOrigin
        }
        return nil
    }

    private func cookie(for request: Request) -> SessionCookie {
        SessionCookie(isSecure: clients.cameByHTTPS(request))
    }

    /// Returns the bearer token, if this key signed it.
    private func bearerToken(_ authorization: Span<UInt8>) -> SessionToken? {
        guard let range = BearerToken.range(in: authorization) else { return nil }
        return verified.token(authorization.extracting(range))
    }

    /// Returns the user of the token, if it is still valid.
    private func user(of token: SessionToken?) async throws -> UserID {
        guard let token else { throw APIFault.unauthorized }
        let facts = try await store.currentPollFacts(of: token.user)
        guard facts.epoch == token.epoch,
            seconds(at: facts) < token.expiry(lifetimeMax: secondsMax)
        else { throw APIFault.unauthorized }
        return token.user
    }

    /// The box's clock may start in 1970, so time never runs behind the newest message.
    private func seconds(at facts: PollFacts) -> Int64 {
        max(clock(), facts.newestTimestamp) / 1000
    }
}
