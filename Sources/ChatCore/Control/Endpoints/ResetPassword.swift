import Chat
import Encoding
import HTTP
import Storage

/// `POST /users/reset-password {username, password}`: `{id, username}`.
struct ResetPassword: Endpoint {
    static let target = "/users/reset-password"

    let accounts: Accounts
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let user = try await accounts.resetPassword(
            of: try body.string("username"), to: try body.string("password"))
        audit.noteAdministration(.passwordChange, user: user.id)
        return .administered(user)
    }
}
