import Chat
import Encoding
import HTTP
import Storage
import WebPush

/// `POST /push/subscribe` `{userId, subscription: {endpoint, keys: {p256dh, auth}}}`: `{message}`;
/// 400, 403, 429, 503. The browser is told of the caller's messages from now on, and of nobody
/// else's.
struct Subscribe: Endpoint {
    let subscriptions: Subscriptions
    let hosts: PushHosts
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let session = try await sessions.session(of: request)
        let body = try RequestBody(request)
        let id = UserID(try body.string("userId"))
        let told = try body.object("subscription")
        let endpoint = try told.string("endpoint")
        let keys = try told.object("keys")
        let (publicKey, secret) = (try keys.string("p256dh"), try keys.string("auth"))
        guard id == session.user else { throw ChatFault.forbidden }
        guard PushEndpoint(endpoint, hosts: hosts) != nil else {
            throw APIFault.malformed("endpoint bukan alamat layanan push yang dikenal.")
        }
        guard SubscriptionKeys(publicKey: publicKey, authentication: secret) != nil else {
            throw APIFault.malformed("keys bukan kunci dari browser.")
        }
        let subscription = PushSubscription(
            endpoint: endpoint, publicKey: publicKey, authentication: secret,
            session: session.name)
        guard
            try await subscriptions.add(subscription, for: session.user, epoch: session.epoch)
        else { throw APIFault.unauthorized }
        return .message("Notifikasi aktif")
    }
}

/// `DELETE /push/subscribe` `{userId, endpoint}`: `{message}`; 400, 403, 503. A success too where
/// the caller has no such subscription.
struct Unsubscribe: Endpoint {
    let subscriptions: Subscriptions
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        let body = try RequestBody(request)
        let id = UserID(try body.string("userId"))
        let endpoint = try body.string("endpoint")
        guard id == caller else { throw ChatFault.forbidden }
        try await subscriptions.remove(endpoint, of: caller)
        return .message("Notifikasi nonaktif")
    }
}
