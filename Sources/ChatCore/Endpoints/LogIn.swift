import Chat
import Encoding
import HTTP
import Storage

/// `POST /auth/login` `{username, password}`: `{id, username, contacts: [id], token}` and a session
/// cookie; 401 whatever of the two was wrong, 429, 503.
struct LogIn {
    let accounts: Accounts
    let clients: Clients
    let sessions: Sessions
    let throttle: Throttle

    func answer(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let username = try body.string("username")
        let password = try body.string("password")
        try await throttle.admit(clients.address(of: request), username: username)
        let user = try await accounts.logIn(username: username, password: password)
        let session = await sessions.begin(for: user, request)
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
}
