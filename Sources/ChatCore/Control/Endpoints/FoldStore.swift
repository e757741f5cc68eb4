import Encoding
import HTTP
import Storage

/// `POST /store/fold`: `{users, messages}` once every change is in `db.json`.
struct FoldStore: Endpoint {
    static let target = "/store/fold"

    let store: any StoreAdministration

    func answer(_ request: Request) async throws -> Response {
        try await store.fold()
        let (users, messages) = (await store.userCount, try await store.messageCount)
        return .json { body in
            body.field("users", users)
            body.field("messages", messages)
        }
    }
}
