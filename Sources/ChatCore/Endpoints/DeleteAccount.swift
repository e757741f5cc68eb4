import Chat
import Encoding
import HTTP
import Storage

/// `POST /auth/delete-account` `{userId, currentPassword}`: `{message}`, and this browser's cookie
/// is cleared; the account, its friendships and the messages of its conversations are gone. 401,
/// 403, 429, 503.
struct DeleteAccount: Endpoint {
    let accounts: Accounts
    let sessions: Sessions
    let gate: Gate
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        let body = try RequestBody(request)
        let id = UserID(try body.string("userId"))
        let password = try body.string("currentPassword")
        try await gate.pass(.deletion, request, user: caller) { client in
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
