import CipherAPI
import HTTP

/// `POST /decrypt`: opens one content or a batch. Body `CipherRequest`, answer `CipherResponse`;
/// 400, 413, and 422 `not_authentic` (or `not_text`) for a single content; in a batch that stands
/// in the content's place.
struct Decrypt: Endpoint {
    let vault: Vault

    func answer(_ request: Request) async throws -> Response {
        let contents = try CipherRequest(request)
        return .json(try await vault.answer(.decrypt, contents).encoded)
    }
}
