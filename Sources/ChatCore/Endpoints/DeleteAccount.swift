import Chat
import Encoding
import HTTP
import Storage

/// `POST /auth/delete-account` `{userId, currentPassword}`: `{message}`, and clears this browser's
/// cookie; 401, 403, 429, 503. Deletes the account, its friendships and its conversations'
/// messages.
struct DeleteAccount: Endpoint {
    let accounts: Accounts
    let sessions: Sessions
    let attempts: PasswordAttempts
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        let body = try RequestBody(request)
        let id = UserID(try body.string("userId"))
        let password = try body.string("currentPassword")
        try await attempts.run(.deletion, request, user: caller) { client in
            try await accounts.deleteAccount(
                of: id, caller: caller, current: password, from: client)
        }
        audit.note(.deletion, .done, request, user: caller)
        var response = Response.message("Akun dihapus")
        if let clearing = try? sessions.end(request) {
            response.fields.append(("Set-Cookie", clearing))
        }
        return response
    }
}
