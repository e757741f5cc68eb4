import Chat
import EventLoop
import HTTP
import RateLimit
import Storage

/// Runs attempts with a password for requests. Audits the refused ones and delays their answers.
struct PasswordAttempts: Sendable {
    let clients: Clients
    let audit: AuditLog
    let shedding: LoadShedding
    let delay: RefusalDelay

    func network(of request: Request) -> Network {
        Network(of: clients.address(of: request))
    }

    /// Runs one attempt. Refusals for too many attempts, or for a full queue of bcrypt, are noted
    /// and delayed.
    func run<T: Sendable>(
        _ event: AuditLog.Event, _ request: Request, user: UserID? = nil,
        _ attempt: (Network) async throws -> T
    ) async throws -> T {
        do {
            return try await attempt(network(of: request))
        } catch let fault as ChatFault {
            switch fault {
            case .tooManyAttempts:
                audit.note(event, .throttled, request, user: user)
                await delay.wait()
            case .badCredentials:
                // Without a user yet, `LogIn` audits the failure itself.
                if let user { audit.note(event, .failed, request, user: user) }
            case .busy:
                shedding.refused(.passwords)
                await delay.wait()
            default: break
            }
            throw fault
        }
    }
}
