import Chat
import Encoding
import HTTP
import RateLimit
import Storage

/// `GET /healthz`: confirms that the process answers.
struct Liveness: Endpoint {
    func answer(_ request: Request) async -> Response {
        .json { $0.field("status", "ok") }
    }
}

/// `GET /readyz`: `{status, shedding, keyExhausted?}` if the store is writable and Cipher holds the
/// known keys; 503 otherwise. `shedding` says whether overload refused a request within a minute.
/// With `keyExhausted` Cipher's current key may seal no more: sends fail and reads work.
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
