import EventLoop
import Logging
import Program
import RateLimit
import TLS

/// The authorities that vouch for push services. They are loaded for the first message, because
/// they take a megabyte or more, and let go of after a time without any.
final class PushAuthorities: Sendable {
    private static let idleTimeMax: Duration = .seconds(600)

    private final class State {
        var client: SecureClient?
        var lastUse: MonotonicTime?
    }

    private let file: String?
    private let loop: EventLoop
    private let clock: @Sendable () -> Int64
    private let log: RateLimitedLog
    private let state: LoopBound<State>

    /// - Parameters:
    ///   - file: In PEM form; nil where the system has none.
    ///   - clock: Seconds since 1970, by which certificates are judged.
    init(
        file: String?, loop: EventLoop, clock: @escaping @Sendable () -> Int64,
        log: RateLimitedLog
    ) {
        self.file = file
        self.loop = loop
        self.clock = clock
        self.log = log
        state = LoopBound(State(), to: loop)
    }

    /// Returns a client that wants a certificate of this host, or nil if there are no authorities.
    func client(of host: String) -> SecureClient? {
        let state = state.value
        state.lastUse = loop.now
        if state.client == nil { state.client = load() }
        return state.client?.client(of: host)
    }

    private func load() -> SecureClient? {
        guard let file else {
            log.log(
                .warning,
                "no certificate authorities are found, and nobody is notified: set --ca-file"
            )
            return nil
        }
        let clock = clock
        do throws(TLSFault) {
            return try SecureClient(host: "", authoritiesFile: file, loop: loop) { clock() }
        } catch {
            log.log(
                .error, "the certificate authorities cannot be read, so nobody is notified",
                metadata: ["file": "\(file)", "fault": "\(error)"])
            return nil
        }
    }

    /// Lets go of the authorities if they were not used lately.
    func dropIfIdle() {
        let state = state.value
        guard let lastUse = state.lastUse, loop.now - lastUse >= Self.idleTimeMax else { return }
        state.client = nil
        state.lastUse = nil
    }
}
