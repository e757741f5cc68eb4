import Chat
import Encoding
import HTTP
import Storage

/// `POST /auth/login` `{username, password}`: `{id, username, contacts: [id], token}` and a session
/// cookie; 401 for a wrong name or password alike, 429, 503.
struct LogIn: Endpoint {
    let accounts: Accounts
    let sessions: Sessions
    let attempts: PasswordAttempts
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let username = try body.string("username")
        let password = try body.string("password")
        let user = try await logIn(username, password, request)
        let session = try await sessions.begin(for: user, request)
        var response = Response.json {
            $0.field("id", user.id.text)
            $0.field("username", user.username)
            $0.name("contacts")
            $0.beginArray()
            for contact in user.contacts { $0.string(contact.text) }
            $0.endArray()
            $0.field("token", session.token)
        }
        response.fields.append(("Set-Cookie", session.cookie))
        return response
    }

    private func logIn(
        _ username: ByteText, _ password: ByteText, _ request: Request
    ) async throws -> User {
        do {
            let user = try await attempts.run(.signIn, request) { client in
                try await accounts.logIn(username: username, password: password, from: client)
            }
            audit.note(.signIn, .done, request, user: user.id)
            return user
        } catch ChatFault.badCredentials {
            let meant = try await accounts.user(named: username)
            audit.note(.signIn, .failed, request, user: meant?.id)
            throw ChatFault.badCredentials
        }
    }
}
