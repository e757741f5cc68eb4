import Chat
import EventLoop
import Glibc
import HTTP
import Logging
import Program
import RateLimit
import Storage

/// The running server, from its start to its end.
struct ServerProcess: Sendable {
    let settings: Settings
    let loop: EventLoop
    let logger: Logger
    private let shedding: LoadShedding

    init(settings: Settings, loop: EventLoop, logger: Logger) {
        self.settings = settings
        self.loop = loop
        self.logger = logger
        shedding = LoadShedding(RateLimitedLog(logger))
    }

    /// Serves until a signal says to stop; throws where it cannot start.
    func run() async throws {
        let files = try staticFiles()
        let clients = Clients(trusting: settings.trustedProxies, logger: logger)
        let startup = StartupHandler(origins: settings.allowedOrigins, loop: loop)
        let server = Server(
            loop: loop, limits: Self.limits, logger: logger, shedding: shedding,
            isExempt: { $0.isLoopback || clients.isTrusted($0) }, handler: startup)
        try await ProcessLifetime.run(
            loop: loop,
            stop: { time in
                logger.info("stopping")
                server.stop(within: time)
            },
            hangUp: {
                guard let secret = settings.cipherSecret else {
                    logger.info("nothing to read again: there is no shared secret")
                    return
                }
                secret.reload(logger: logger)
            },
            body: {
                try await serve(files, clients, startup, server)
                logger.info("stopped")
            })
    }

    /// Fewer connections than descriptors, some of which the store and Cipher need.
    private static var limits: Limits {
        var limits = Limits()
        limits.connectionCountMax = min(
            limits.connectionCountMax, DescriptorLimit.connectionCountMax)
        return limits
    }

    private func serve(
        _ files: StaticFiles, _ clients: Clients, _ startup: StartupHandler, _ server: Server
    ) async throws {
        // First of what leaves traces, so that a start which cannot be leaves none.
        let listener = try ListeningSocket.open(
            host: settings.host, port: settings.port,
            portOption: Defaults.port.option("--port"), loop: loop)
        let audit = try auditLog(clients)
        var ready: Runtime?
        var isNew = false
        if let store = try await openStore() {
            let runtime = try runtime(over: store, clients, audit)
            startup.begin(runtime.application(files))
            ready = runtime
            isNew = store.isNew
        }
        announce(listener.address)
        // A mistyped folder is seen by this.
        if isNew { logger.notice("made a new store in \(settings.data)") }
        warnOfOriginal()
        if !files.hasIndex { warnOfMissingIndex() }
        Heap.trim()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) { [ready] in
                do {
                    let runtime = try await nowOrAfterTakeover(ready, clients, audit)
                    startup.begin(runtime.application(files))
                    await runtime.live()
                } catch is CancellationError {
                    // Told to stop before the takeover was done; the next start begins it anew.
                } catch {
                    server.stop(within: .zero)
                    throw error
                }
            }
            group.addTask(executorPreference: loop) { await shedding.log.run(on: loop) }
            group.addTask(executorPreference: loop) { await Heap.trimPeriodically(on: loop) }
            await server.serve(listener)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func nowOrAfterTakeover(
        _ ready: Runtime?, _ clients: Clients, _ audit: AuditLog
    ) async throws -> Runtime {
        if let ready { return ready }
        return try await takeOver(clients, audit)
    }

    func runtime(over store: JSONStore, _ clients: Clients, _ audit: AuditLog) throws -> Runtime {
        try Runtime(
            settings: settings, clients: clients, audit: audit, store: store, shedding: shedding,
            loop: loop,
            logger: logger)
    }

    /// Nil where the earlier system's store lies there.
    func openStore() async throws(StartFailure) -> JSONStore? {
        try StartFailure.naming(Defaults.data.option("--data")) { () throws(StartFailure) in
            try PrivateFolder.make(PrivateFolder.holding(settings.data))
        }
        do throws(StorageFault) {
            return try await JSONStore.open(folder: settings.data, loop: loop, logger: logger)
        } catch {
            if case .takeover = error { return nil }
            throw StartFailure(error, data: settings.data)
        }
    }

    /// The one file that may hold readable text: its operator is reminded until it is gone.
    func warnOfOriginal() {
        let original = settings.data + "/db.json.before-takeover"
        guard access(original, F_OK) == 0 else { return }
        logger.warning(
            "\(original) may hold readable messages: delete it once all is well with the takeover")
    }

    /// Who starts the program outside of a checkout, and names no folder, gets the API alone.
    private func staticFiles() throws(StartFailure) -> StaticFiles {
        let folder = settings.publicFolder
        if folder == Defaults.checkoutFolder, access(folder, F_OK) != 0 { return .none }
        return try StartFailure.naming(Defaults.publicFolder.option("--public")) {
            () throws(StartFailure) in try StaticFiles(folder: folder)
        }
    }

    private func warnOfMissingIndex() {
        let option = Defaults.publicFolder.option("--public")
        logger.warning(
            "\(option) '\(settings.publicFolder)' holds no index.html: there is no page at /")
    }

    private func announce(_ address: SocketAddress) {
        let told: Logger.Metadata = [
            "data": "\(settings.data)", "sessionKey": "\(settings.sessionKeyFile)",
            "cipher": "\(settings.cipher.host):\(settings.cipher.port)",
            "web": "\(settings.publicFolder)",
        ]
        ListeningSocket.announce(address, asked: settings.port, told, logger)
        settings.cipherSecret?.warnIfOthersCanRead(logger: logger)
    }
}
