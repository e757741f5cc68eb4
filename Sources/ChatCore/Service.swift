import Chat
import EventLoop
import HTTP
import Logging
import Program
import Storage

/// The running server, from its start to its end.
struct Service: Sendable {
    let settings: Settings
    let loop: EventLoop
    let logger: Logger

    /// Serves until a signal says to stop; throws where it cannot start.
    func run() async throws {
        let files = try StaticFiles(folder: settings.publicFolder)
        let clients = Clients(trusting: settings.trustedProxies, logger: logger)
        let stage = Stage()
        let server = Server(
            loop: loop, logger: logger, isExempt: { $0.isLoopback || clients.isTrusted($0) },
            fault: Application.refuse, answer: stage.answer)
        try await Lifetime.run(
            loop: loop,
            stop: { time in
                logger.info("stopping")
                server.stop(within: time)
            },
            body: {
                // First of what leaves traces, so that a start which cannot be leaves none.
                let listener = try Listening.open(
                    host: settings.host, port: settings.port,
                    portOption: "--port (\(Defaults.port.variable))", loop: loop)
                let store = try await openStore()
                let core = try Core(
                    settings: settings, clients: clients, store: store, loop: loop, logger: logger)
                stage.enter(.running(core.application(files)))
                announce(listener.address)
                await core.live(while: { await server.serve(listener) })
                logger.info("stopped")
            })
    }

    private func openStore() async throws(StartFailure) -> JSONStore {
        do throws(StorageFault) {
            return try await JSONStore.open(folder: settings.data, loop: loop, logger: logger)
        } catch {
            throw StartFailure("\(settings.data): \(error)")
        }
    }

    private func announce(_ address: SocketAddress) {
        // Whatever the level: a port that was picked must be told.
        var always = logger
        always.logLevel = .info
        always.info(
            "listening on http://\(address)",
            metadata: [
                "version": "\(programVersion)", "data": "\(settings.data)",
                "sessionKey": "\(settings.sessionKeyFile)",
                "cipher": "\(settings.cipher.host):\(settings.cipher.port)",
                "web": "\(settings.publicFolder)",
            ])
    }
}
