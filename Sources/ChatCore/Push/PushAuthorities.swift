import EventLoop
import Logging
import Program
import RateLimit
import TLS

/// The authorities that vouch for push services. They are loaded for the first message, because
/// they take a megabyte or more, and let go of after a time without any. A thread parses them: the
/// loop would stand still for as long as thousands of polls take.
actor PushAuthorities {
    private static let idleTimeMax: Duration = .seconds(600)
    private static let failurePause: Duration = .seconds(60)

    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let file: String?
    private let pool: WorkerPool
    private let clock: @Sendable () -> Int64
    private let log: RateLimitedLog
    private var client: SecureClient?
    private var lastUse: MonotonicTime?
    private var failedAt: MonotonicTime?
    private var isLoading = false
    private let loaded = WaiterList()

    /// - Parameters:
    ///   - file: In PEM form; nil where the system has none.
    ///   - clock: Seconds since 1970, by which certificates are judged.
    init(
        file: String?, pool: WorkerPool, loop: EventLoop, clock: @escaping @Sendable () -> Int64,
        log: RateLimitedLog
    ) {
        self.file = file
        self.pool = pool
        self.loop = loop
        self.clock = clock
        self.log = log
    }

    /// Returns a client that wants a certificate of this host, or nil if there are no authorities.
    func client(of host: String) async -> SecureClient? {
        lastUse = loop.now
        if client == nil, isLoading { await loaded.wait() }
        if client == nil, !isLoading, mayLoad { await load() }
        return client?.client(of: host)
    }

    private var mayLoad: Bool {
        failedAt.map { loop.now - $0 >= Self.failurePause } ?? true
    }

    private func load() async {
        isLoading = true
        client = await read()
        failedAt = client == nil ? loop.now : nil
        isLoading = false
        loaded.resumeAll()
    }

    private func read() async -> SecureClient? {
        guard let file else {
            log.log(
                .warning,
                "no certificate authorities are found, and nobody is notified: set --ca-file"
            )
            return nil
        }
        do {
            return try await pool.run { [clock, loop] in
                try SecureClient(host: "", authoritiesFile: file, loop: loop) { clock() }
            }
        } catch {
            log.log(
                .error, "the certificate authorities cannot be read, so nobody is notified",
                metadata: ["file": "\(file)", "fault": "\(error)"])
            return nil
        }
    }

    /// Lets go of the authorities if they were not used lately.
    func dropIfIdle() {
        guard let lastUse, loop.now - lastUse >= Self.idleTimeMax else { return }
        client = nil
        self.lastUse = nil
    }
}
