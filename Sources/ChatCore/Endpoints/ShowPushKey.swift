import Encoding
import HTTP

/// `GET /push/key`: `{key}`, the public key under which browsers subscribe. It needs no session.
struct ShowPushKey: Endpoint {
    let identity: PushIdentity

    func answer(_ request: Request) -> Response {
        .json { $0.field("key", identity.publicKey) }
    }
}
