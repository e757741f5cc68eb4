import Chat
import Encoding
import HTTP
import Storage

/// `POST /users/show {username}`: the user as in a list, and `limits`, those that have refused the
/// user lately.
struct ShowUser: Endpoint {
    static let target = "/users/show"

    let people: People

    func answer(_ request: Request) async throws -> Response {
        let user = try await people.activity(named: try RequestBody(request).string("username"))
        let limits = await people.limited().filter { $0.party == .user(user.id) }
        return .json { body in
            body.fields(of: user)
            body.name("limits")
            body.beginArray()
            for use in limits {
                body.beginObject()
                body.fields(of: use)
                body.endObject()
            }
            body.endArray()
        }
    }
}
