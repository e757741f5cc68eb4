import CipherAPI
import Cryptography
import EventLoop
import HTTP
import Logging
import Program
import RateLimit

/// The serving process, from its start to its end.
enum CipherProcess {
    struct Settings: Sendable {
        let host: String
        let port: UInt16
        let keyFile: KeyRingFile
        let secret: SharedSecret?
        /// Nil where callers speak plain HTTP.
        let handshake: Handshake?
        var sealLimits = KeyBudget.SealLimits()
        /// Nil where metrics are off.
        var metrics: MetricsAddress?
    }

    /// Serves until a signal says to stop. Throws when it cannot start.
    static func run(_ settings: Settings, loop: EventLoop, logger: Logger) async throws {
        let log = RateLimitedLog(logger)
        // The listeners come first, so that a port in use leaves no file behind.
        let listener = LoopBound(
            try ListeningSocket.open(
                host: settings.host, port: settings.port,
                portOption: CipherDefaults.port.option("--port"), loop: loop), to: loop)
        let metricsListener = try openMetrics(settings.metrics, loop)
        let slot = try RingSlot(of: settings.keyFile)
        let budget = try KeyBudget(
            besideRing: settings.keyFile.path, slot: slot.number, limits: settings.sealLimits,
            log: log)
        let vault = KeyVault(file: settings.keyFile, budget: budget, slot: slot, loop: loop)
        let application = CipherApplication(
            vault: vault,
            callers: CallerAuthentication(
                secret: settings.secret, log: log, logger: logger),
            logger: logger)
        let server = server(
            application, loop: loop, handshake: settings.handshake, logger: logger)
        try await ProcessLifetime.run(
            loop: loop,
            stop: { time in
                logger.info("stopping")
                server.stop(within: time)
            },
            hangUp: {
                await reload(vault, logger)
                settings.secret?.reload(logger: logger)
            },
            body: {
                let metrics = metricsServer(
                    metricsListener,
                    CipherMetrics(server: server, router: application.router, vault: vault),
                    loop, logger)
                let start = try await vault.start(now: WallClock.seconds)
                report(start, settings, logger)
                report(slot, logger)
                announce(settings, listener.value.address, version: start.currentVersion, logger)
                if let asked = settings.metrics?.port { metrics?.announce(asked: asked) }
                Heap.trim()
                await withDiscardingTaskGroup { group in
                    group.addTask(executorPreference: loop) {
                        await Heap.trimPeriodically(on: loop)
                    }
                    group.addTask(executorPreference: loop) { await log.run(on: loop) }
                    group.addTask(executorPreference: loop) {
                        repeat {
                            await reportOldKey(of: vault, now: WallClock.seconds, logger)
                        } while (try? await loop.sleep(for: .seconds(86_400))) != nil
                    }
                    group.addTask(executorPreference: loop) {
                        await VaultControl.server(vault, loop: loop, logger: logger).run()
                    }
                    group.addTask(executorPreference: loop) { await vault.keepFollowing() }
                    if let metrics {
                        group.addTask(executorPreference: loop) { await metrics.run() }
                    }
                    await server.serve(listener.value)
                    group.cancelAll()
                }
                await vault.stop()
                logger.info("stopped")
            })
    }

    static func server(
        _ application: CipherApplication, loop: EventLoop, handshake: Handshake? = nil,
        logger: Logger
    ) -> Server {
        Server(
            loop: loop, limits: limits, logger: logger, handshake: handshake,
            handler: application)
    }

    private static func openMetrics(
        _ address: MetricsAddress?, _ loop: EventLoop
    ) throws(StartFailure) -> LoopBound<Listener>? {
        guard let address else { return nil }
        return LoopBound(
            try address.open(
                hostOption: CipherDefaults.metricsHost.option("--metrics-host"),
                portOption: CipherDefaults.metricsPort.option("--metrics-port"), loop: loop),
            to: loop)
    }

    private static func metricsServer(
        _ listener: LoopBound<Listener>?, _ metrics: CipherMetrics, _ loop: EventLoop,
        _ logger: Logger
    ) -> MetricsServer? {
        guard let listener else { return nil }
        // A balancer asks here whether to send anything: it knows no secret, so it cannot ask over
        // TLS.
        let vault = metrics.vault
        let readiness = Route(.get, "/readyz") { _ in
            Response(await vault.isReady ? .ok : .serviceUnavailable)
        }
        return MetricsServer(
            listener.value, routes: [readiness], loop: loop, logger: logger, write: metrics.write)
    }

    /// ChatCore is the one client. It uses a few connections, each with bodies of the largest size.
    private static var limits: Limits {
        var limits = Limits()
        limits.bodyBytesMax = CipherLimits.bodyBytesMax
        limits.connectionCountMax = 128
        return limits
    }

    private static func report(_ start: KeyVault.Start, _ settings: Settings, _ logger: Logger) {
        if start.currentVersion == nil {
            logger.notice("the key ring is sealed: nothing is read or written until Cipher unseal")
        }
        if start.isNew { logger.notice("made a key ring: \(settings.keyFile.path)") }
        if let failure = start.upgradeFailure {
            logger.warning(
                "the key ring stays in format 1; the next start tries again",
                metadata: ["fault": "\(failure)"])
        }
    }

    private static func report(_ slot: RingSlot, _ logger: Logger) {
        if let failure = slot.failure {
            logger.warning(
                "no other Cipher can tell that this one serves the key ring",
                metadata: ["fault": "\(failure)"])
        }
        if !slot.isFirst {
            logger.notice("other Ciphers serve the key ring: this is number \(slot.number)")
        }
    }

    /// Asks for a rotation if the current key is a year old.
    static func reportOldKey(of vault: KeyVault, now: Int64, _ logger: Logger) async {
        guard let age = await vault.currentKeyAge(now: now), age >= KeyBudget.secondsMax
        else { return }
        logger.notice(
            "the current key is a year old: run Cipher keys rotate",
            metadata: ["days": "\(age / 86_400)"])
    }

    private static func announce(
        _ settings: Settings, _ address: SocketAddress, version: Int?, _ logger: Logger
    ) {
        let metadata: Logger.Metadata = [
            "keyFile": "\(settings.keyFile.path)",
            "currentKey": "\(version.map(String.init) ?? "sealed")",
            "callers": settings.secret == nil ? "anyone" : "with the secret",
        ]
        ListeningSocket.announce(
            address, scheme: settings.handshake == nil ? "http" : "https", asked: settings.port,
            metadata, logger)
        settings.secret?.warnIfOthersCanRead(logger: logger)
        if Secret.mayBeSwapped {
            logger.warning("keys may be swapped to a disk: raise the limit of locked memory")
        }
        if settings.secret == nil, !address.isLoopback {
            let option = CipherDefaults.secretFile.option("--secret-file")
            logger.warning("other machines may decrypt: set \(option)")
        }
    }

    private static func reload(_ vault: KeyVault, _ logger: Logger) async {
        do throws(StartFailure) {
            guard let version = try await vault.reload() else {
                logger.info("the key ring stays sealed")
                return
            }
            logger.info("read the key ring again", metadata: ["currentKey": "\(version)"])
        } catch {
            logger.error("kept the keys as they were: \(error)")
        }
    }
}
