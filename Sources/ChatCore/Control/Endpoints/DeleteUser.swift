import Chat
import Encoding
import HTTP
import Storage

/// `POST /users/delete {username}`: `{id, username}` after a fold. Until the fold the user's
/// messages remain in files of the store.
struct DeleteUser: Endpoint {
    static let target = "/users/delete"

    let accounts: Accounts
    let store: any StoreAdministration
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let user = try await accounts.delete(try RequestBody(request).string("username"))
        audit.noteAdministration(.deletion, user: user.id)
        do {
            try await store.fold()
        } catch {
            throw ControlFault.refused(
                "\(user.username) is removed, but their messages stand in files of the store until "
                    + "`ChatCore store fold` succeeds: \(error)")
        }
        return .administered(user)
    }
}
