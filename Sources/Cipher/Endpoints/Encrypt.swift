import CipherAPI
import HTTP

/// `POST /encrypt`: seals one text or a batch under the current key, each with a fresh nonce and
/// bound to its `keyContext`. Body `CipherRequest`, answer `CipherResponse`; 400, 413.
struct Encrypt: Endpoint {
    let vault: Vault

    func answer(_ request: Request) async throws -> Response {
        let texts = try CipherRequest(request)
        return .json(try await vault.answer(.encrypt, texts).encoded)
    }
}
