import Encoding
import EventLoop
import HTTP
import Logging
import RateLimit
import Storage

/// One line for all that bears on who may come in:
/// `audit address=203.0.113.7 event=sign-in outcome=failed user=<id>`.
///
/// Equal ones of a minute are one line, and `repeated=N` in the next: equal are those of the same
/// event, outcome, address (IPv6: /64) and user, so that nobody's lines hide another's. A name that
/// nobody has is never among them: people type their passwords into that field.
final class AuditLog: Sendable {
    enum Event: String, CaseIterable {
        case registration, renaming, deletion, friendship
        case signIn = "sign-in"
        case signOut = "sign-out"
        case passwordChange = "password-change"
    }

    enum Outcome: String, CaseIterable {
        case done, failed, throttled

        /// Addresses and users with a line of their own each minute. Whoever gets in has proved
        /// something; the other lines a stranger with many addresses can cause.
        var sourcesMax: Int { self == .done ? 1_024 : 128 }
    }

    private struct Kind: Hashable {
        let event: Event
        let outcome: Outcome
    }

    /// Stands where the address would, for whoever asked over the control socket.
    private static let operatorsAddress = "control-socket"
    private static let checkInterval = Duration.seconds(5)

    private let clients: Clients
    private let trail: AuditTrail?
    private let logs: [Kind: RateLimitedLog]

    /// - Parameters:
    ///   - logger: Gets the lines where there is no trail.
    ///   - trail: Gets them otherwise, whatever the log's level.
    init(clients: Clients, logger: Logger, trail: AuditTrail?) {
        self.clients = clients
        self.trail = trail
        let logger = trail?.logger(label: logger.label) ?? logger
        var logs: [Kind: RateLimitedLog] = [:]
        for event in Event.allCases {
            for outcome in Outcome.allCases {
                var logger = logger
                logger[metadataKey: "event"] = "\(event.rawValue)"
                logger[metadataKey: "outcome"] = "\(outcome.rawValue)"
                logs[Kind(event: event, outcome: outcome)] = RateLimitedLog(
                    logger, sourcesMax: outcome.sourcesMax)
            }
        }
        self.logs = logs
    }

    func note(_ event: Event, _ outcome: Outcome, _ request: Request, user: UserID?) {
        let address = clients.address(of: request)
        write(event, outcome, from: address.network.host, user, address: address.host)
    }

    func noteAdministration(_ event: Event, user: UserID) {
        let source = Self.operatorsAddress
        write(event, .done, from: source, user, address: source)
    }

    /// Writes the counts of lines held back, and the trail, until it is cancelled.
    func run(on loop: EventLoop) async {
        await withDiscardingTaskGroup { group in
            if let trail { group.addTask(executorPreference: loop) { await trail.run() } }
            while !Task.isCancelled {
                do { try await loop.sleep(for: Self.checkInterval) } catch { break }
                for log in logs.values { log.flush() }
            }
        }
    }

    /// Writes what is left. Blocks: for the end of the process.
    func finish() {
        for log in logs.values { log.flush(all: true) }
        trail?.finish()
    }

    private func write(
        _ event: Event, _ outcome: Outcome, from source: String, _ user: UserID?,
        address: @autoclosure () -> String
    ) {
        logs[Kind(event: event, outcome: outcome)]?.log(
            .info, "audit", source: "\(source) \(user?.text.string ?? "")",
            naming: Self.naming(address(), user))
    }

    private static func naming(_ address: String, _ user: UserID?) -> Logger.Metadata {
        var naming: Logger.Metadata = ["address": "\(address)"]
        if let user { naming["user"] = "\(user)" }
        return naming
    }
}
