import Encoding
import EventLoop
import HTTP
import Logging
import RateLimit
import Storage

/// Logs one line for each event that concerns access to accounts:
/// `audit address=203.0.113.7 event=sign-in outcome=failed user=<id>`.
///
/// Equal events within a minute share one line, and the next line counts them as `repeated=N`.
/// Equal events have the same event, outcome, address (IPv6: /64) and user, so no user's lines hide
/// another's. A line never holds an unknown user name, because people type passwords into that
/// field.
final class AuditLog: Sendable {
    enum Event: String, CaseIterable {
        case registration, renaming, deletion, friendship, disabling, enabling
        case signIn = "sign-in"
        case signOut = "sign-out"
        case passwordChange = "password-change"
    }

    enum Outcome: String, CaseIterable {
        case done, failed, throttled

        /// The number of addresses and users that get their own line each minute. It is low for
        /// outcomes that a stranger with many addresses can cause.
        var sourcesMax: Int { self == .done ? 1_024 : 128 }
    }

    private struct Kind: Hashable {
        let event: Event
        let outcome: Outcome
    }

    /// The address in lines about requests over the control socket.
    private static let operatorsAddress = "control-socket"
    private static let checkInterval = Duration.seconds(5)

    private let clients: Clients
    private let trail: AuditTrail?
    private let logs: [Kind: RateLimitedLog]

    /// - Parameters:
    ///   - logger: Receives the lines if there is no trail.
    ///   - trail: Receives the lines at any log level; nil if there are no files for them.
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

    /// Writes the trail and the counts of repeated lines until it is cancelled.
    func run(on loop: EventLoop) async {
        await withDiscardingTaskGroup { group in
            if let trail { group.addTask(executorPreference: loop) { await trail.run() } }
            while !Task.isCancelled {
                do { try await loop.sleep(for: Self.checkInterval) } catch { break }
                for log in logs.values { log.flush() }
            }
        }
    }

    /// Writes all remaining lines. It blocks, so call it only at the end of the process.
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
