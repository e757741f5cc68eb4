import Chat
import Encoding
import HTTP
import Logging
import Program

/// A secret that the operator may replace while the server runs.
enum RotatedSecret: String, CaseIterable, Sendable {
    case sessionKey = "session-key"
    case pushKey = "push-key"
    case sharedSecret = "shared-secret"
}

/// `POST /secret/rotate {secret, endSessions?, keepOld?}`: `{ended}`, the number of push
/// subscriptions that have ended, once the new secret is in use.
struct RotateSecret: Endpoint {
    static let target = "/secret/rotate"

    let sessionKeys: SessionKeys
    /// Nil where notifications are turned off.
    let push: PushIdentity?
    let subscriptions: Subscriptions
    let shared: SharedSecretRotation
    let logger: Logger

    func answer(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        guard let secret = RotatedSecret(named: try body.string("secret")) else {
            throw ControlFault.refused("the server has no secret of this name")
        }
        var ended = 0
        do {
            switch secret {
            case .sessionKey:
                try sessionKeys.rotate(
                    endingSessions: try body.optionalString("endSessions") != nil)
            case .pushKey:
                guard let push else {
                    throw ControlFault.refused("notifications are turned off: there is no key")
                }
                try push.rotate()
                do { ended = try await subscriptions.endAll() } catch {
                    throw ControlFault.refused(
                        "the new key is in use, but not every subscription has ended: run it again"
                    )
                }
            case .sharedSecret:
                try await shared.run(keepingOld: try body.optionalString("keepOld") != nil)
            }
        } catch let failure as StartFailure {
            throw ControlFault.refused(failure.description)
        }
        logger.notice("replaced a secret", metadata: ["secret": "\(secret.rawValue)"])
        return .json { $0.field("ended", ended) }
    }
}
