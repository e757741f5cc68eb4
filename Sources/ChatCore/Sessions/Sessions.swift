import Chat
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
    private let store: any Store
    private let clients: Clients
    private let clock: @Sendable () -> Int64

    /// - Parameters:
    ///   - key: What tokens are signed with.
    ///   - days: How long a session lasts.
    ///   - clock: Milliseconds since 1970.
    init(
        key: Secret, days: Int, store: any Store, clients: Clients,
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
    func begin(for user: User, _ request: Request) -> (token: String, cookie: String) {
        let now = seconds(at: store.standing(of: user.id))
        let token = SessionToken(
            user: user.id, issuedAt: now, expiresAt: now + secondsMax, epoch: user.epoch
        ).signed(with: key)
        return (token, cookie(for: request).setting(token, seconds: secondsMax))
    }

    /// The user whose session the request proves. A Bearer token, even a bad one, wins over the
    /// cookie; a change that only the cookie speaks for must come from our own page.
    func caller(of request: Request) throws(APIFault) -> UserID {
        if let token = request.withField("Authorization", bearerToken) {
            return try user(of: token)
        }
        guard let text = cookie(for: request).token(in: request) else { throw .unauthorized }
        let user = try user(of: verified.token(text.utf8.span))
        guard request.method == .get || request.method == .head || SameOrigin.holds(for: request)
        else { throw .crossOrigin }
        return user
    }

    /// The caller, who must be the one that the request says it is.
    func caller(of request: Request, claiming id: ByteText) throws -> UserID {
        let user = try caller(of: request)
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
    private func user(of token: SessionToken?) throws(APIFault) -> UserID {
        guard let token else { throw .unauthorized }
        let standing = store.standing(of: token.user)
        guard standing.epoch == token.epoch,
            seconds(at: standing) < token.end(lastingAtMost: secondsMax)
        else { throw .unauthorized }
        return token.user
    }

    /// The box may start in 1970: time never runs behind what the store has seen.
    private func seconds(at standing: Standing) -> Int64 {
        max(clock(), standing.newestTimestamp) / 1000
    }
}
