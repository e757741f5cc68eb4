import Chat
import Cryptography
import Encoding
import HTTP
import Program
import Storage

/// Who is asking. Nothing is kept on the server: the signed token says who, and the user's epoch
/// whether it still counts.
final class Sessions: Sendable {
    private let key: Secret
    private let verified: VerifiedTokens
    private let secondsMax: Int64
    private let store: any ChatStore
    private let clients: Clients
    private let clock: @Sendable () -> Int64

    /// - Parameters:
    ///   - key: What tokens are signed with.
    ///   - days: How long a session lasts.
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

    /// A fresh token for the user, and the cookie that carries it.
    func begin(
        for user: User, _ request: Request
    ) async throws -> (token: String, cookie: String) {
        let now = seconds(at: try await store.currentPollFacts(of: user.id))
        let token = SessionToken(
            user: user.id, issuedAt: now, expiresAt: now + secondsMax, epoch: user.epoch
        ).signed(with: key)
        return (token, cookie(for: request).setting(token, seconds: secondsMax))
    }

    /// The user whose session the request proves. A Bearer token, even a bad one, wins over the
    /// cookie; a change that only the cookie speaks for must come from our own page.
    func caller(of request: Request) async throws -> UserID {
        if let token = request.withField("Authorization", bearerToken) {
            return try await user(of: token)
        }
        guard let text = cookie(for: request).token(in: request) else {
            throw APIFault.unauthorized
        }
        let user = try await user(of: verified.token(text.utf8.span))
        guard request.method == .get || request.method == .head || SameOrigin.holds(for: request)
        else { throw APIFault.crossOrigin }
        return user
    }

    /// The caller, who must be the one that the request says it is.
    func caller(of request: Request, claiming id: ByteText) async throws -> UserID {
        let user = try await caller(of: request)
        guard user.text == id || user == UserID(id) else { throw ChatFault.forbidden }
        return user
    }

    /// Returns the field that clears the cookie, for a page of this origin; nil for a client that
    /// is no page. Pages of other origins are refused whether they bring the cookie or not, since
    /// `SameSite` keeps it from their requests but not from being cleared by the answer.
    func end(_ request: Request) throws(APIFault) -> String? {
        let cookie = cookie(for: request)
        if SameOrigin.holds(for: request) { return cookie.clearing }
        // A token is no cookie: it ends with its owner, and nothing here is theirs to clear.
        if request.hasField("Authorization") { return nil }
        guard SameOrigin.isUntold(by: request), cookie.token(in: request) == nil else {
            throw .crossOrigin
        }
        return nil
    }

    private func cookie(for request: Request) -> SessionCookie {
        SessionCookie(isSecure: clients.cameByHTTPS(request))
    }

    /// The bearer token, if we have signed it.
    private func bearerToken(_ authorization: Span<UInt8>) -> SessionToken? {
        guard let range = BearerToken.range(in: authorization) else { return nil }
        return verified.token(authorization.extracting(range))
    }

    /// The user whom the token names, if it still counts.
    private func user(of token: SessionToken?) async throws -> UserID {
        guard let token else { throw APIFault.unauthorized }
        let facts = try await store.currentPollFacts(of: token.user)
        guard facts.epoch == token.epoch,
            seconds(at: facts) < token.end(lastingAtMost: secondsMax)
        else { throw APIFault.unauthorized }
        return token.user
    }

    /// The box may start in 1970: time never runs behind what the store has seen.
    private func seconds(at facts: PollFacts) -> Int64 {
        max(clock(), facts.newestTimestamp) / 1000
    }
}
