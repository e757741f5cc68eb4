import CipherAPI
import HTTP
import Program

/// `GET /keys`: every version with its state, age, fingerprint and use counts. Never key material.
struct ShowKeys: Endpoint {
    let vault: KeyVault

    func answer(_ request: Request) async throws -> Response {
        .json(try await vault.keys(now: WallClock.seconds).encoded)
    }
}

/// `GET /healthz`: the process runs and its loop turns.
struct CipherLiveness: Endpoint {
    func answer(_ request: Request) async throws -> Response {
        .json(Array(#"{"status":"ok"}"#.utf8))
    }
}

/// `GET /readyz`: 200 once the self-test has passed and a key ring is loaded, 503 until then and
/// while the ring is sealed.
struct CipherReadiness: Endpoint {
    let vault: KeyVault

    func answer(_ request: Request) async throws -> Response {
        guard await vault.isReady else {
            throw await vault.unavailable
        }
        return .json(Array(#"{"status":"ready"}"#.utf8))
    }
}
