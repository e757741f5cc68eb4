import Chat
import Encoding
import HTTP
import Storage

/// `POST /auth/register` `{username, password, invite?}`: `{id, username}`; 400, 403, 429, 503.
struct Register: Endpoint {
    let accounts: Accounts
    let gate: Gate
    let audit: AuditLog

    func answer(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let username = try body.string("username")
        let password = try body.string("password")
        let invite = Self.digest(of: try body.optionalString("invite"))
        let user: User
        do {
            user = try await gate.pass(.registration, request) { client in
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

    /// Nil where no code was given, as by a form whose field was left empty.
    private static func digest(of typed: ByteText?) -> ByteText? {
        guard let typed, typed.utf8.contains(where: { $0 != UInt8(ascii: " ") }) else {
            return nil
        }
        // No invitation has an empty digest.
        return InviteCode(typed)?.digest ?? ""
    }
}
