import Chat
import Encoding
import HTTP
import Storage

/// `POST /users/list {search?, after?, limit?, sort?}`: a line for each user, as `fields(of:)` of
/// `People.swift` writes one.
struct ListUsers: Endpoint {
    static let target = "/users/list"

    let people: People

    func answer(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        var query = PeopleQuery()
        query.search = try body.optionalString("search")
        query.after = try body.optionalString("after")
        query.limit = try body.optionalInteger("limit", in: 1...Int.max)
        if let sort = try body.optionalString("sort") {
            guard let order = PeopleQuery.Order(named: sort) else {
                throw ControlFault.refused("the server does not sort by \(sort)")
            }
            query.order = order
        }
        return .lines(try await people.list(query)) { line, user in line.fields(of: user) }
    }
}
