import Chat
import EventLoop
import HTTP
import RateLimit
import Storage

/// Where requests that try a password come in: tells whose they are, and notes those refused.
struct Gate: Sendable {
    let clients: Clients
    let audit: AuditLog
    let shedding: LoadShedding
    let delay: RefusalDelay

    func network(of request: Request) -> Network {
        Network(of: clients.address(of: request))
    }

    /// Runs an attempt. Where there were too many, or too much waits for bcrypt, that is noted and
    /// answered a little later.
    func pass<T: Sendable>(
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
                // A log-in has no user yet, and finds out itself whose name was tried.
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
