import Encoding
import HTTP

/// Lets attempts to come in pass at the rate at which people make them.
struct Gate: Sendable {
    let clients: Clients
    let throttle: Throttle
    let audit: AuditLog

    func pass(
        _ event: AuditLog.Event, _ request: Request, username: ByteText
    ) async throws(APIFault) {
        do {
            try await throttle.admit(clients.address(of: request), username: username)
        } catch {
            audit.note(event, .throttled, request, user: nil)
            throw error
        }
    }
}
