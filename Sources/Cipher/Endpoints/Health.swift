import CipherAPI
import HTTP

/// `GET /healthz`: the process runs and its loop turns.
struct Liveness: Endpoint {
    func answer(_ request: Request) async throws -> Response {
        .json(Array(#"{"status":"ok"}"#.utf8))
    }
}

/// `GET /readyz`: 200 once the self-test has passed and a key ring is at work, 503 until then.
struct Readiness: Endpoint {
    let vault: Vault

    func answer(_ request: Request) async throws -> Response {
        guard await vault.isReady else {
            throw CipherFault(.notReady, "the self-test has not passed yet")
        }
        return .json(Array(#"{"status":"ready"}"#.utf8))
    }
}
