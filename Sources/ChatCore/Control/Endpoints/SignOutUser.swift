import Chat
import Encoding
import HTTP
import Storage

/// `POST /users/sign-out {username}`: `{id, username}`.
struct SignOutUser: Endpoint {
    static let target = "/users/sign-out"

    let accounts: Accounts
    let polls: HeldPolls
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let user = try await accounts.signOut(try RequestBody(request).string("username"))
        polls.listChanged(of: user.id)
        audit.noteAdministration(.signOut, user: user.id)
        return .administered(user)
    }
}
