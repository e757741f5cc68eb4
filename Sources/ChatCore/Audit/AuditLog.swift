import EventLoop
import HTTP
import Logging
import Storage

/// One line in the log for all that bears on who may come in:
/// `audit address=203.0.113.7 event=sign-in outcome=failed user=<id>`.
///
/// A name that nobody has is never among it: people type their passwords into that field.
struct AuditLog: Sendable {
    enum Event: String {
        case registration, renaming, deletion
        case signIn = "sign-in"
        case signOut = "sign-out"
        case passwordChange = "password-change"
    }

    enum Outcome: String {
        case done, failed, throttled
    }

    /// Stands where the address would, for whoever asked over the control socket.
    private static let operatorsAddress = "control-socket"

    private let clients: Clients
    private let logger: Logger

    init(clients: Clients, logger: Logger) {
        self.clients = clients
        self.logger = logger
    }

    func note(_ event: Event, _ outcome: Outcome, _ request: Request, user: UserID?) {
        write(event, outcome, clients.address(of: request).host, user)
    }

    func noteAdministration(_ event: Event, user: UserID) {
        write(event, .done, Self.operatorsAddress, user)
    }

    private func write(_ event: Event, _ outcome: Outcome, _ address: String, _ user: UserID?) {
        var metadata: Logger.Metadata = [
            "event": "\(event.rawValue)", "outcome": "\(outcome.rawValue)", "address": "\(address)",
        ]
        if let user { metadata["user"] = "\(user)" }
        logger.info("audit", metadata: metadata)
    }
}
