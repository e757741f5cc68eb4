import CipherAPI
import HTTP

/// `POST /keys/needed`: takes how many stored contents each version sealed (`KeyNeeds`), so that no
/// version is forgotten that is still needed. Answers `{"status":"noted"}`.
struct NoteNeeds: Endpoint {
    let vault: KeyVault

    func answer(_ request: Request) async throws -> Response {
        try await vault.check()
        guard request.withField("Content-Type", MediaType.isJSON) == true else {
            throw CipherFault(.unsupportedMediaType, "the body must be application/json")
        }
        try await vault.note(try KeyNeeds(request.body.span))
        return .json(Array(#"{"status":"noted"}"#.utf8))
    }
}
