import CipherAPI
import HTTP

/// `POST /encrypt`, `/decrypt` and `/rewrap`, for one item or a batch. Body `CipherRequest`, answer
/// `CipherResponse`.
///
/// - `encrypt` seals under the current key, with a fresh nonce and bound to the `keyContext`: 400,
///   413.
/// - `decrypt` opens: 400, 413, and 422 `not_authentic` or `not_text` for a single content. In a
///   batch the error takes the place of the content's result.
/// - `rewrap` seals the same plaintext under the current key and never shows it. It never answers
///   `not_text`, and binds a bare content to the `keyContext` of the request.
struct PerformOperation: Endpoint {
    let operation: CipherOperation
    let vault: KeyVault

    func answer(_ request: Request) async throws -> Response {
        try await vault.check()
        // A page can send any other content type without a preflight (Fetch, CORS-safelisted
        // request-header).
        guard request.withField("Content-Type", MediaType.isJSON) == true else {
            throw CipherFault(.unsupportedMediaType, "the body must be application/json")
        }
        let items = try CipherRequest(request.body)
        return .json(try await vault.answer(operation, items).encoded)
    }
}
