import Chat
import Encoding
import HTTP
import Program
import Storage

/// `POST /users/invites`: a line `{id, expires}` for each invitation.
struct ListInvites: Endpoint {
    static let target = "/users/invites"
    /// The number of hex digits of a digest that identify an invitation.
    static let idDigits = 12

    let accounts: Accounts

    func answer(_ request: Request) async throws -> Response {
        let invites = try await accounts.invites()
        return .lines(invites) { line, invite in
            let id = invite.digest.utf8.prefix(Self.idDigits)
            line.field("id", String(decoding: id, as: UTF8.self))
            line.field("expires", WallClock.text(seconds: invite.expiresAt / 1000))
        }
    }
}
