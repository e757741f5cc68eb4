import Chat
import Encoding
import HTTP
import Storage

/// `POST /auth/register` `{username, password}`: `{id, username}`; 400, 429, 503.
struct Register: Endpoint {
    let accounts: Accounts
    let gate: Gate
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let username = try body.string("username")
        let password = try body.string("password")
        try await gate.pass(.registration, request, username: username)
        let user = try await accounts.register(username: username, password: password)
        audit.note(.registration, .done, request, user: user.id)
        return .json {
            $0.field("id", user.id.text)
            $0.field("username", user.username)
        }
    }
}
