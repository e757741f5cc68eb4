import Chat
import EventLoop
import Logging
import Program
import Storage

extension ServerProcess {
    /// Takes over the earlier system's store and opens the result.
    func takeOver(_ clients: Clients, _ audit: AuditLog) async throws -> Runtime {
        logger.notice("taking over the earlier system's store")
        let resolver = WorkerPool(threads: 1, waitingMax: 4)
        defer { resolver.stop() }
        let cipher = CipherClient(
            settings.cipher, secret: settings.cipherSecret, loop: loop, resolver: resolver,
            handshake: settings.cipherHandshake)
        let takeover = Takeover(
            folder: settings.data, vault: cipher, acceptsPlaintext: settings.acceptsPlaintext,
            loop: loop, logger: logger, latest: { MachineClock.latest })
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                // No message is sealed yet, so any keys of the vault are right.
                group.addTask(executorPreference: loop) { await cipher.run(approve: { _ in }) }
                defer { group.cancelAll() }
                try await takeover.run()
            }
        } catch let fault as TakeoverFault {
            throw StartFailure("\(settings.data): \(fault)")
        } catch let fault as StorageFault {
            throw StartFailure(fault, data: settings.data)
        }
        guard let store = try await openStore() else {
            throw StartFailure("\(settings.data): the takeover left the earlier system's store")
        }
        warnOfOriginal()
        return try runtime(over: store, clients, audit)
    }
}
