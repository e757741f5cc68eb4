import CipherAPI
import Encoding
import HTTP

/// `POST /encrypt/chunk`, `/decrypt/chunk` and `/rewrap/chunk`: one piece of a file. Body
/// `ChunkRequest`, answer the other form of the chunk, both `application/octet-stream`; 400, 413,
/// 415, and 422 `not_authentic`.
///
/// The caller's context binds the chunk to its file, its number and their count. So no chunk can
/// stand in for another, and none can be missing.
struct PerformChunkOperation: Endpoint {
    let operation: CipherOperation
    let vault: KeyVault

    func answer(_ request: Request) async throws -> Response {
        try await vault.check()
        // A page can send no such content type without a preflight.
        guard request.withField("Content-Type", Self.isBytes) == true else {
            throw CipherFault(
                .unsupportedMediaType, "the body must be application/octet-stream")
        }
        return .bytes(try await vault.answer(operation, try ChunkRequest(request.body)))
    }

    /// Returns whether the value is `application/octet-stream`, as ChatCore writes it.
    private static func isBytes(_ value: Span<UInt8>) -> Bool {
        value.equals("application/octet-stream")
    }
}
