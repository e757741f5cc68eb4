import Chat
import Encoding
import HTTP
import Storage

/// What `ChatCore users` asks of the running server. Each answers `{id, username}` of whom it was
/// done to; the list, which takes `{search?, after?, limit?}`, a line `{id, username, contacts}`
/// for each user.
struct AdministerUsers {
    static let listTarget = "/users/list"
    static let resetPasswordTarget = "/users/reset-password"
    static let renameTarget = "/users/rename"
    static let signOutTarget = "/users/sign-out"
    static let deleteTarget = "/users/delete"

    let accounts: Accounts
    let store: any StoreAdministration
    let audit: AuditLog

    var routes: [Route] {
        [
            Route(.post, Self.listTarget, list),
            Route(.post, Self.resetPasswordTarget, resetPassword),
            Route(.post, Self.renameTarget, rename),
            Route(.post, Self.signOutTarget, signOut),
            Route(.post, Self.deleteTarget, delete),
        ]
    }

    private func list(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let users = try await accounts.everybody(
            named: try body.optionalString("search"), after: try body.optionalString("after"),
            limit: try body.optionalInteger("limit", in: 1...Int.max))
        return .lines(users) { line, user in
            line.field("id", user.id.text)
            line.field("username", user.username)
            line.field("contacts", user.contacts.count)
        }
    }

    private func resetPassword(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let user = try await accounts.resetPassword(
            of: try body.string("username"), to: try body.string("password"))
        return response(.passwordChange, user)
    }

    private func rename(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let user = try await accounts.rename(
            try body.string("username"), to: try body.string("newUsername"))
        return response(.renaming, user)
    }

    private func signOut(_ request: Request) async throws -> Response {
        response(.signOut, try await accounts.signOut(try RequestBody(request).string("username")))
    }

    /// The fold is part of it: until then the user's messages stand in files of the store.
    private func delete(_ request: Request) async throws -> Response {
        let user = try await accounts.delete(try RequestBody(request).string("username"))
        let response = response(.deletion, user)
        do {
            try await store.fold()
        } catch {
            throw ControlFault.refused(
                "\(user.username) is removed, but their messages stand in files of the store until "
                    + "`ChatCore store fold` succeeds: \(error)")
        }
        return response
    }

    private func response(_ event: AuditLog.Event, _ user: User) -> Response {
        audit.noteAdministration(event, user: user.id)
        return .json { body in
            body.field("id", user.id.text)
            body.field("username", user.username)
        }
    }
}
