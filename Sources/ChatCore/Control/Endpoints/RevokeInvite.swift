import Chat
import Encoding
import HTTP

/// `POST /users/revoke-invite {invite}`: `{revoked}`. The invitation is a code, or an id with any
/// number of further digits of the digest.
struct RevokeInvite: Endpoint {
    static let target = "/users/revoke-invite"

    let accounts: Accounts

    func answer(_ request: Request) async throws -> Response {
        let text = try RequestBody(request).string("invite")
        let beginning = InviteCode(text)?.digest ?? text
        guard beginning.utf8Count >= ListInvites.idDigits else {
            throw ControlFault.refused("name a whole code, or a whole id of ChatCore users invites")
        }
        let revoked = try await accounts.revokeInvites(beginning)
        guard revoked > 0 else {
            throw ControlFault.refused("there is no such invitation; see ChatCore users invites")
        }
        return .json { $0.field("revoked", revoked) }
    }
}
