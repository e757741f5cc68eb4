import Chat
import Encoding
import HTTP
import Storage

/// `POST /users/enable {username}`: `{id, username}` of somebody who may log in again.
struct EnableUser: Endpoint {
    static let target = "/users/enable"

    let accounts: Accounts
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let user = try await accounts.setDisabled(
            false, try RequestBody(request).string("username"))
        audit.noteAdministration(.enabling, user: user.id)
        return .administered(user)
    }
}
