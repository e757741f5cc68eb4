import CipherAPI
import HTTP

/// `POST /rewrap`: the same plaintext under the current key, never shown. As decrypt otherwise,
/// but for `not_text`: bytes that no JSON can carry are rewrapped like any other. A bare content
/// comes out bound to the `keyContext` it was sent with.
struct Rewrap: Endpoint {
    let vault: Vault

    func answer(_ request: Request) async throws -> Response {
        let contents = try CipherRequest(request)
        return .json(try await vault.answer(.rewrap, contents).encoded)
    }
}
