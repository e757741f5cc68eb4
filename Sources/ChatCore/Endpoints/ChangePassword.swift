import Chat
import Encoding
import HTTP
import Storage

/// `POST /auth/change-password` `{userId, newPassword, currentPassword?}`: `{message, token}` and a
/// new cookie; 400, 401, 403, 404 (before ownership), 429, 503. All older sessions end.
struct ChangePassword: Endpoint {
    let accounts: Accounts
    let sessions: Sessions
    let attempts: PasswordAttempts
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        let body = try RequestBody(request)
        let user = try await change(body, caller, request)
        let session = try await sessions.begin(for: user, request)
        var response = Response.json {
            $0.field("message", "Password berhasil diganti")
            $0.field("token", session.token)
        }
        response.fields.append(("Set-Cookie", session.cookie))
        return response
    }

    private func change(
        _ body: RequestBody, _ caller: UserID, _ request: Request
    ) async throws -> User {
        let user = try await attempts.run(.passwordChange, request, user: caller) { client in
            try await accounts.changePassword(
                of: UserID(try body.string("userId")), caller: caller,
                to: try body.string("newPassword"),
                current: try body.optionalString("currentPassword"), from: client)
        }
        audit.note(.passwordChange, .done, request, user: user.id)
        return user
    }
}
