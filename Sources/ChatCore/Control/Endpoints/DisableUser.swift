import Chat
import Encoding
import HTTP
import Storage

/// `POST /users/disable {username}`: `{id, username}` once no session of theirs is valid. Held
/// polls end at once.
struct DisableUser: Endpoint {
    static let target = "/users/disable"

    let accounts: Accounts
    let polls: HeldPolls
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let user = try await accounts.setDisabled(
            true, try RequestBody(request).string("username"))
        polls.listChanged(of: user.id)
        audit.noteAdministration(.disabling, user: user.id)
        return .administered(user)
    }
}
