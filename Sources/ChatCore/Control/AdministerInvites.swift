import Chat
import Encoding
import HTTP
import Program
import Storage

/// What the operator asks about invitations.
///
/// | Target | Request | Answer |
/// |---|---|---|
/// | `/users/invite` | `{count, days}` | a line `{code, expires}` for each |
/// | `/users/invites` | | a line `{id, expires}` for each |
/// | `/users/revoke-invite` | `{invite}`: a code, or how an id begins | `{revoked}` |
struct AdministerInvites {
    static let inviteTarget = "/users/invite"
    static let listTarget = "/users/invites"
    static let revokeTarget = "/users/revoke-invite"
    static let daysMax = 3650

    /// So many hex digits of a digest tell one invitation from another.
    private static let idDigits = 12

    let accounts: Accounts

    var routes: [Route] {
        [
            Route(.post, Self.inviteTarget, invite), Route(.post, Self.listTarget, list),
            Route(.post, Self.revokeTarget, revoke),
        ]
    }

    private func invite(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let count = try body.integer("count", in: 1...Accounts.invitesMax)
        let days = try body.integer("days", in: 1...Self.daysMax)
        let codes = try (0..<count).map { _ in try InviteCode.random() }
        let expiresAt = try await accounts.invite(codes.map(\.digest), days: days)
        return .lines(codes) { line, code in
            line.field("code", code.description)
            line.field("expires", WallClock.text(seconds: expiresAt / 1000))
        }
    }

    private func list(_ request: Request) async throws -> Response {
        let invites = try await accounts.invites()
        return .lines(invites) { line, invite in
            let id = invite.digest.utf8.prefix(Self.idDigits)
            line.field("id", String(decoding: id, as: UTF8.self))
            line.field("expires", WallClock.text(seconds: invite.expiresAt / 1000))
        }
    }

    private func revoke(_ request: Request) async throws -> Response {
        let text = try RequestBody(request).string("invite")
        let beginning = InviteCode(text)?.digest ?? text
        guard beginning.utf8Count >= Self.idDigits else {
            throw ControlFault.refused("name a whole code, or a whole id of ChatCore users invites")
        }
        let revoked = try await accounts.revokeInvites(beginning)
        guard revoked > 0 else {
            throw ControlFault.refused("there is no such invitation; see ChatCore users invites")
        }
        return .json { $0.field("revoked", revoked) }
    }
}
