import Chat
import Encoding
import EventLoop
import HTTP
import Storage

/// `POST /users/limited`: a line `{username or address, limit, refusals, wait?}` for everybody whom
/// a limit has refused lately, the most refused first.
struct ListLimited: Endpoint {
    static let target = "/users/limited"
    private static let listedMax = 1_000

    let people: People

    func answer(_ request: Request) async throws -> Response {
        var lines: [(name: ByteText?, use: LimitedUse)] = []
        for use in await people.limited().prefix(Self.listedMax) {
            switch use.party {
            case .address: lines.append((nil, use))
            case .user(let id):
                // An account that is gone floods nobody.
                guard let user = try await people.accounts.user(id) else { continue }
                lines.append((user.username, use))
            }
        }
        return .lines(lines) { line, entry in
            if let name = entry.name { line.field("username", name) }
            if case .address(let network) = entry.use.party { line.field("address", network.host) }
            line.fields(of: entry.use)
        }
    }
}
