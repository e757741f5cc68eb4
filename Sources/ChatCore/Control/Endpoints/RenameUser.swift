import Chat
import Encoding
import HTTP
import Storage

/// `POST /users/rename {username, newUsername}`: `{id, username}`.
struct RenameUser: Endpoint {
    static let target = "/users/rename"

    let accounts: Accounts
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let user = try await accounts.rename(
            try body.string("username"), to: try body.string("newUsername"))
        audit.noteAdministration(.renaming, user: user.id)
        return .administered(user)
    }
}
