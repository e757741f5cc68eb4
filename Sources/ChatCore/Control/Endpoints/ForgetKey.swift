import Chat
import CipherAPI
import Encoding
import HTTP

/// `POST /store/forget-key {version}`: `{}` once the store no longer requires that key.
struct ForgetKey: Endpoint {
    static let target = "/store/forget-key"

    let keys: KeyGuard

    func answer(_ request: Request) async throws -> Response {
        try await keys.forget(
            try RequestBody(request).integer("version", in: CipherLimits.keyVersions))
        return .json { _ in }
    }
}
