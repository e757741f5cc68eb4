import Chat
import Encoding
import HTTP
import Storage

/// `POST /users/list {search?, after?, limit?}`: a line `{id, username, contacts}` for each user.
struct ListUsers: Endpoint {
    static let target = "/users/list"

    let accounts: Accounts

    func answer(_ request: Request) async throws -> Response {
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
}
