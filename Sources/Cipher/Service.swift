import CipherAPI
import EventLoop
import HTTP
import Logging
import Program
import RateLimit

/// The running vault, from its start to its end.
enum Service {
    struct Settings: Sendable {
        let host: String
        let port: UInt16
        let keyFile: KeyRingFile
        let secret: SharedSecret?
    }

    /// Serves until a signal says to stop; throws where it cannot start.
    static func run(_ settings: Settings, loop: EventLoop, logger: Logger) async throws {
        let log = RateLimitedLog(logger)
        let budget = try KeyBudget(besideRing: settings.keyFile.path, log: log)
        let vault = Vault(file: settings.keyFile, budget: budget, loop: loop)
        let server = server(
            vault, Callers(secret: settings.secret, log: log), loop: loop, logger: logger)
        try await Lifetime.run(
            loop: loop,
            stop: { time in
                logger.info("stopping")
                server.stop(within: time)
            },
            hangUp: {
                await reload(vault, logger)
                settings.secret?.reload(telling: logger)
            },
            body: {
                // First, so that a start which cannot be leaves no key ring behind.
                let listener = try Listening.open(
                    host: settings.host, port: settings.port,
                    portOption: Defaults.port.option("--port"), loop: loop)
                let started = try await vault.start(now: WallClock.seconds)
                if started.isNew { logger.notice("made a key ring: \(settings.keyFile.path)") }
                announce(settings, listener.address, version: started.current, logger)
                Heap.trim()
                await withDiscardingTaskGroup { group in
                    group.addTask(executorPreference: loop) { await Heap.tend(on: loop) }
                    group.addTask(executorPreference: loop) { await log.run(on: loop) }
                    await server.serve(listener)
                    group.cancelAll()
                }
                await vault.finish()
                logger.info("stopped")
            })
    }

    static func server(
        _ vault: Vault, _ callers: Callers, loop: EventLoop, logger: Logger
    ) -> Server {
        Server(
            loop: loop, limits: limits, logger: logger,
            handler: Application(vault: vault, callers: callers, logger: logger))
    }

    /// One client asks, over a few connections; each may bring a body of the largest size.
    private static var limits: Limits {
        var limits = Limits()
        limits.bodyBytesMax = CipherLimits.bodyBytesMax
        limits.connectionCountMax = 128
        return limits
    }

    private static func announce(
        _ settings: Settings, _ address: SocketAddress, version: Int, _ logger: Logger
    ) {
        let told: Logger.Metadata = [
            "keyFile": "\(settings.keyFile.path)", "currentKey": "\(version)",
            "callers": settings.secret == nil ? "anyone" : "with the secret",
        ]
        Listening.announce(address, asked: settings.port, told, logger)
        settings.secret?.warnOfMode(logger)
        if settings.secret == nil, !address.isLoopback {
            logger.warning(
                "other machines may decrypt: set \(Defaults.secretFile.option("--secret-file"))")
        }
    }

    private static func reload(_ vault: Vault, _ logger: Logger) async {
        do throws(StartFailure) {
            let version = try await vault.reload()
            logger.info("read the key ring again", metadata: ["currentKey": "\(version)"])
        } catch {
            logger.error("kept the keys as they were: \(error)")
        }
    }
}
