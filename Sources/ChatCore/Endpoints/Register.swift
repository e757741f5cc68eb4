import Chat
import Encoding
import HTTP
import Storage

/// `POST /auth/register` `{username, password, invite?}`: `{id, username}`; 400, 403, 429, 503.
struct Register: Endpoint {
    let accounts: Accounts
    let attempts: PasswordAttempts
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let username = try body.string("username")
        let password = try body.string("password")
        let invite = Self.digest(of: try body.optionalString("invite"))
        let user: User
        do {
            user = try await attempts.run(.registration, request) { client in
                try await accounts.register(
                    username: username, password: password, invite: invite, from: client)
            }
        } catch ChatFault.inviteInvalid {
            audit.note(.registration, .failed, request, user: nil)
            throw ChatFault.inviteInvalid
        }
        audit.note(.registration, .done, request, user: user.id)
        return .json {
            $0.field("id", user.id.text)
            $0.field("username", user.username)
        }
    }

    /// Returns the digest of the typed code; nil for an absent or blank one, as of an empty field.
    private static func digest(of typed: ByteText?) -> ByteText? {
        guard let typed, typed.utf8.contains(where: { $0 != UInt8(ascii: " ") }) else {
            return nil
        }
        // The empty digest matches no invitation.
        return InviteCode(typed)?.digest ?? ""
    }
}
