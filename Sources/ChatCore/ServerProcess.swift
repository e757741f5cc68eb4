import Chat
import EventLoop
import Glibc
import HTTP
import Logging
import Program
import RateLimit
import Storage

/// Runs the server from its start to its end.
struct ServerProcess: Sendable {
    let settings: Settings
    let loop: EventLoop
    let logger: Logger
    private let shedding: LoadShedding
    private let running: LoopBound<Running>

    /// Holds the open store with all over it, once it is there.
    private final class Running {
        var runtime: Runtime?
    }

    init(settings: Settings, loop: EventLoop, logger: Logger) {
        self.settings = settings
        self.loop = loop
        self.logger = logger
        shedding = LoadShedding(RateLimitedLog(logger))
        running = LoopBound(Running(), to: loop)
    }

    /// Serves until a signal stops it. Throws if it cannot start.
    func run() async throws {
        let files = try staticFiles()
        let clients = Clients(
            trusting: settings.trustedProxies, servesHTTPS: settings.certificate != nil,
            logger: logger)
        let startup = StartupHandler(origins: settings.allowedOrigins, loop: loop)
        let server = Server(
            loop: loop, limits: limits, logger: logger, shedding: shedding,
            isExempt: { $0.isLoopback || clients.isTrusted($0) },
            handshake: settings.certificate?.handshake,
            commonFields: settings.certificate == nil ? .none : SecurityFields.strictTransport,
            handler: startup)
        try await ProcessLifetime.run(
            loop: loop,
            stop: { time in
                logger.info("stopping")
                server.stop(within: time)
            },
            hangUp: {
                settings.cipherSecret?.reload(logger: logger)
                settings.certificate?.reload(logger: logger)
                running.value.runtime?.reloadKeys()
            },
            body: {
                try await serve(files, clients, startup, server)
                logger.info("stopped")
            })
    }

    /// Allows fewer connections than descriptors, because store and Cipher also need some.
    private var limits: Limits {
        var limits = Limits()
        limits.streamedBodyBytesMax = Photos.photoBytesMax
        limits.connectionCountMax = min(
            limits.connectionCountMax, DescriptorLimit.connectionCountMax)
        if settings.certificate != nil {
            limits.connectionCountMax = min(
                limits.connectionCountMax, Certificate.connectionCountMax)
            limits.connectionsPerAddressMax = Certificate.connectionsPerAddressMax
        }
        return limits
    }

    private func serve(
        _ files: StaticFiles, _ clients: Clients, _ startup: StartupHandler, _ server: Server
    ) async throws {
        // Listens before anything touches the disk, so a start with a taken port changes no file.
        let listener = try ListeningSocket.open(
            host: settings.host, port: settings.port,
            portOption: Defaults.port.option("--port"), loop: loop)
        let metrics = ChatCoreMetrics(of: server, isShedding: { shedding.isShedding }, loop: loop)
        let metricsServer = try metricsServer(metrics)
        let audit = try auditLog(clients)
        var ready: Runtime?
        var isNew = false
        if let store = try await openStore() {
            let runtime = try runtime(over: store, clients, audit)
            begin(runtime, files, startup, metrics)
            ready = runtime
            isNew = store.isNew
        }
        announce(listener.address)
        if let asked = settings.metrics?.port { metricsServer?.announce(asked: asked) }
        // Makes a mistyped folder visible.
        if isNew { logger.notice("made a new store in \(settings.data)") }
        warnOfOriginal()
        if !files.hasIndex { warnOfMissingIndex() }
        Heap.trim()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) { [ready] in
                do {
                    let runtime = try await runtimeTakingOverIfNeeded(ready, clients, audit)
                    if ready == nil { begin(runtime, files, startup, metrics) }
                    await runtime.run()
                } catch is CancellationError {
                    // Stopped during the takeover. The next start begins it again.
                } catch {
                    server.stop(within: .zero)
                    throw error
                }
            }
            group.addTask(executorPreference: loop) { await shedding.log.run(on: loop) }
            group.addTask(executorPreference: loop) { await Heap.trimPeriodically(on: loop) }
            if let metricsServer {
                group.addTask(executorPreference: loop) { await metricsServer.run() }
            }
            await server.serve(listener)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Has requests answered and metrics told from now on.
    private func begin(
        _ runtime: Runtime, _ files: StaticFiles, _ startup: StartupHandler,
        _ metrics: ChatCoreMetrics
    ) {
        running.value.runtime = runtime
        let application = runtime.application(files)
        startup.setApplication(application)
        metrics.begin(runtime.metricsSources(application))
    }

    private func metricsServer(
        _ metrics: ChatCoreMetrics
    ) throws(StartFailure) -> MetricsServer? {
        guard let address = settings.metrics else { return nil }
        let listener = try address.open(
            hostOption: Defaults.metricsHost.option("--metrics-host"),
            portOption: Defaults.metricsPort.option("--metrics-port"), loop: loop)
        return MetricsServer(listener, loop: loop, logger: logger, write: metrics.write)
    }

    private func runtimeTakingOverIfNeeded(
        _ ready: Runtime?, _ clients: Clients, _ audit: AuditLog
    ) async throws -> Runtime {
        if let ready { return ready }
        return try await takeOver(clients, audit)
    }

    func runtime(over store: ServedStore, _ clients: Clients, _ audit: AuditLog) throws -> Runtime {
        try Runtime(
            settings: settings, clients: clients, audit: audit, store: store, shedding: shedding,
            loop: loop,
            logger: logger)
    }

    /// Opens the store. Returns nil if the folder holds the earlier system's store.
    func openStore() async throws(StartFailure) -> ServedStore? {
        #if Postgres
            if let database = settings.database { return try await openDatabase(database) }
        #endif
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

    /// Reminds the operator of the original store until it is deleted. It may hold readable text.
    func warnOfOriginal() {
        let original = settings.data + "/db.json.before-takeover"
        guard access(original, F_OK) == 0 else { return }
        logger.warning(
            "\(original) may hold readable messages: delete it once all is well with the takeover")
    }

    /// Returns no files if the default folder is missing, as outside of a checkout.
    private func staticFiles() throws(StartFailure) -> StaticFiles {
        let folder = settings.publicFolder
        if folder == Defaults.checkoutFolder, access(folder, F_OK) != 0 { return .none }
        return try StartFailure.naming(Defaults.publicFolder.option("--public")) {
            () throws(StartFailure) in
            try StaticFiles(folder: folder, contentPolicy: settings.contentPolicy)
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
        ListeningSocket.announce(
            address, scheme: settings.certificate == nil ? "http" : "https",
            asked: settings.port, told, logger)
        settings.cipherSecret?.warnIfOthersCanRead(logger: logger)
    }
}
