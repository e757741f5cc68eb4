import Chat
import Encoding
import HTTP
import RateLimit
import Storage

/// `GET /healthz`: the process answers.
struct Liveness: Endpoint {
    func answer(_ request: Request) async -> Response {
        .json { $0.field("status", "ok") }
    }
}

/// `GET /readyz`: the store takes changes and Cipher answers with the keys that are known; 503
/// else. `shedding` says whether anyone was refused within a minute because there is too much.
/// `keyExhausted` stands there while Cipher's current key may seal no more: sends are 503 and reads
/// go on.
struct Readiness: Endpoint {
    let store: any ChatStore
    let keys: KeyGuard
    let shedding: LoadShedding
    let cipher: CipherClient

    func answer(_ request: Request) async throws -> Response {
        try await store.checkWritable()
        try await keys.check()
        return .json {
            $0.field("status", "ready")
            $0.field("shedding", shedding.isShedding)
            if cipher.isKeyExhausted { $0.field("keyExhausted", true) }
        }
    }
}
