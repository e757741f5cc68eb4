import Chat
import Encoding
import HTTP

/// `POST /auth/logout`: `{message}`, and clears the cookie for a page of this origin; 403 for pages
/// of other origins. The browser empties its cache. The session's push subscriptions go. Tokens
/// stay valid; a new password ends them.
struct LogOut: Endpoint {
    let sessions: Sessions
    let subscriptions: Subscriptions

    func answer(_ request: Request) async throws -> Response {
        let clearing = try sessions.end(request)
        // A log-out succeeds without a session, and where the disk takes no change.
        if let session = try? await sessions.session(of: request) {
            try? await subscriptions.end(session: session.name, of: session.user)
        }
        var response = Response.json { $0.field("message", "Berhasil logout") }
        if let clearing { response.fields.append(("Set-Cookie", clearing)) }
        // Photos stay in the browser's cache else, for whoever uses it next.
        response.fields.append(("Clear-Site-Data", "\"cache\""))
        return response
    }
}
