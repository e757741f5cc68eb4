import Chat
import Encoding
import HTTP
import Program
import Storage

/// Issues session tokens and identifies callers by them. The server keeps no sessions: a signed
/// token names the user, and the user's epoch tells whether it is still valid.
final class Sessions: Sendable {
    private let keys: SessionKeys
    private let verified: VerifiedTokens
    private let lifetime: SessionLifetime
    private let store: any ChatStore
    private let clients: Clients
    private let clock: @Sendable () -> Int64

    /// - Parameters:
    ///   - keys: Sign the tokens.
    ///   - days: The lifetime of a session.
    ///   - clock: Milliseconds since 1970.
    init(
        keys: SessionKeys, days: Int, store: any ChatStore, clients: Clients,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.keys = keys
        verified = VerifiedTokens(keys: keys)
        lifetime = SessionLifetime(days: days)
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
            user: user.id, issuedAt: now, expiresAt: now + lifetime.seconds, epoch: user.epoch
        ).signed(with: keys.current)
        return (token, cookie(for: request).setting(token, seconds: lifetime.seconds))
    }

    /// Returns the user whose session the request proves. A Bearer token, even a bad one, wins over
    /// the cookie. A change with only a cookie must come from a page of this origin.
    func caller(of request: Request) async throws -> UserID {
        try await poll(by: request).caller
    }

    /// Returns the user whose session the request proves, a name that tells it from the user's
    /// other sessions, and its epoch.
    func session(
        of request: Request
    ) async throws -> (user: UserID, name: ByteText, epoch: Int) {
        let token = try credential(of: request).token
        let user = try await caller(of: request)
        return (user, token.name.text, token.epoch)
    }

    /// The caller of a request, and the facts of a poll. They were read along with the session's
    /// epoch.
    struct Poll {
        let caller: UserID
        let facts: PollFacts

        /// Returns whether the caller has this id. The usual spelling needs no hash.
        func isBy(_ id: ByteText) -> Bool { caller.text == id || caller == UserID(id) }
    }

    /// Returns the caller, and the facts of a poll.
    ///
    /// - Parameter friend: Selects the conversation with that user instead of the caller's list.
    func poll(by request: Request, with friend: UserID? = nil) async throws -> Poll {
        if let poll = try pollInMemory(by: request, with: friend) { return poll }
        let credential = try credential(of: request)
        let user = credential.token.user
        let conversation = friend.map { Conversation(user, $0) }
        let facts = try await store.loadPollFacts(of: user, in: conversation)
        try check(credential, facts, request)
        return Poll(caller: user, facts: facts)
    }

    /// Returns what `poll` does, or nil if the facts have to be loaded.
    func pollInMemory(
        by request: Request, with friend: UserID? = nil
    ) throws(APIFault) -> Poll? {
        let credential = try credential(of: request)
        let user = credential.token.user
        let conversation = friend.map { Conversation(user, $0) }
        guard let facts = store.pollFacts(of: user, in: conversation) else { return nil }
        try check(credential, facts, request)
        return Poll(caller: user, facts: facts)
    }

    /// Returns the caller, which must have the id that the request claims.
    func caller(of request: Request, claiming id: ByteText) async throws -> UserID {
        try await poll(by: request, claiming: id).caller
    }

    /// Returns the caller, which must have the id that the request claims, and the facts of a poll.
    func poll(
        by request: Request, claiming id: ByteText
    ) async throws -> Poll {
        let poll = try await poll(by: request)
        guard poll.isBy(id) else { throw ChatFault.forbidden }
        return poll
    }

    /// Returns the field that clears the cookie for a page of this origin, and nil for other
    /// clients. Pages of other origins are refused with or without the cookie: `SameSite` keeps it
    /// out of their requests, but would let the answer clear it.
    func end(_ request: Request) throws(APIFault) -> String? {
        let cookie = cookie(for: request)
        if SameOrigin.isConfirmed(for: request) { return cookie.clearing }
        if request.hasField("Authorization") {
            // The client itself drops its Bearer token. A client that states no origin is no page.
            return SameOrigin.isUnstated(by: request) ? cookie.clearing : nil
        }
        guard SameOrigin.isUnstated(by: request), cookie.token(in: request) == nil else {
            throw .crossOrigin
        }
        return nil
    }

    private func cookie(for request: Request) -> SessionCookie {
        SessionCookie(isSecure: clients.usesHTTPS(request))
    }

    /// A token that this key signed. Its age and its epoch are not yet checked.
    private struct Credential {
        let token: SessionToken
        let isCookie: Bool
    }

    private func credential(of request: Request) throws(APIFault) -> Credential {
        if let token = request.withField("Authorization", bearerToken) {
            guard let token else { throw .unauthorized }
            return Credential(token: token, isCookie: false)
        }
        guard let text = cookie(for: request).token(in: request),
            let token = verified.token(text.utf8.span)
        else { throw .unauthorized }
        return Credential(token: token, isCookie: true)
    }

    /// Returns the bearer token, if this key signed it.
    private func bearerToken(_ authorization: Span<UInt8>) -> SessionToken? {
        guard let range = BearerToken.range(in: authorization) else { return nil }
        return verified.token(authorization.extracting(range))
    }

    /// Checks that the session is still valid, and that a change with a cookie alone comes from a
    /// page of this origin.
    private func check(
        _ credential: Credential, _ facts: PollFacts, _ request: Request
    ) throws(APIFault) {
        let token = credential.token
        guard facts.epoch == token.epoch,
            !lifetime.isOver(token.name, at: seconds(at: facts))
        else { throw .unauthorized }
        guard
            !credential.isCookie || request.method == .get || request.method == .head
                || SameOrigin.isConfirmed(for: request)
        else { throw .crossOrigin }
    }

    /// The box's clock may start in 1970, so time never runs behind the newest message.
    private func seconds(at facts: PollFacts) -> Int64 {
        max(clock(), facts.newestTimestamp) / 1000
    }
}
