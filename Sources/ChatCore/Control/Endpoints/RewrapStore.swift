import Chat
import Encoding
import HTTP

/// `POST /store/rewrap`: starts to move every message under the vault's current key, unless that is
/// under way. Answers as `RewrapProgress`.
struct RewrapStore: Endpoint {
    static let target = "/store/rewrap"

    let rewrapping: Rewrapping

    func answer(_ request: Request) async throws -> Response {
        RewrapProgress.response(await rewrapping.start())
    }
}
