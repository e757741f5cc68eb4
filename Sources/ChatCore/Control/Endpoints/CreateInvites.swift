import Chat
import Encoding
import HTTP
import Program

/// `POST /users/invite {count, days}`: a line `{code, expires}` for each new invitation.
struct CreateInvites: Endpoint {
    static let target = "/users/invite"
    static let daysMax = 3650

    let accounts: Accounts

    func answer(_ request: Request) async throws -> Response {
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
}
