import Chat
import Cryptography
import Encoding
import EventLoop
import HTTP
import Logging
import Program

/// Replaces the secret that this server shares with Cipher, while both run. Cipher reads the file
/// again by itself once it has changed.
///
/// 1. The file holds the old secret and the new one. Cipher accepts both once it takes the new one.
/// 2. The file holds the new one and the old one. This server presents the new one from now on.
/// 3. The file holds the new one. Cipher refuses the old one, unless others still need it.
struct SharedSecretRotation: Sendable {
    private static let secretBytes = 32
    private static let waitMax = Duration.seconds(30)
    private static let pause = Duration.milliseconds(500)

    private final class State {
        var isRunning = false
    }

    private let settings: Settings
    private let loop: EventLoop
    private let resolver: WorkerPool
    private let logger: Logger
    private let state: LoopBound<State>

    init(settings: Settings, loop: EventLoop, resolver: WorkerPool, logger: Logger) {
        self.settings = settings
        self.loop = loop
        self.resolver = resolver
        self.logger = logger
        state = LoopBound(State(), to: loop)
    }

    /// - Parameter keepsOld: Leaves out the last step, for other servers that present the old one.
    func run(keepingOld keepsOld: Bool) async throws {
        guard let shared = settings.cipherSecret, let path = settings.cipherSecretFile else {
            throw ControlFault.refused("this server shares no secret with Cipher")
        }
        // Another would write over the file while this one waits for Cipher.
        guard !state.value.isRunning else { throw ControlFault.refused("a rotation is under way") }
        state.value.isRunning = true
        defer { state.value.isRunning = false }
        try shared.reload()
        guard shared.all.count == 1 else {
            throw ControlFault.refused(
                "\(path) holds two secrets: take the second line out once no ChatCore presents it")
        }
        let old = shared.presented
        let new = try Self.newSecret()
        do {
            try SharedSecret.write([old, new], to: path)
            try await wait(until: new, isAccepted: true)
        } catch {
            // The old secret is valid all the while.
            try? SharedSecret.write([old], to: path)
            throw ControlFault.refused(
                "the shared secret stays as it was: \(Self.reason(error)). Cipher must read the "
                    + "same file, \(path), and this server must be able to write it")
        }
        try SharedSecret.write([new, old], to: path)
        try shared.reload()
        logger.notice("present a new shared secret to Cipher")
        if keepsOld { return }
        try SharedSecret.write([new], to: path)
        try shared.reload()
        do { try await wait(until: old, isAccepted: false) } catch {
            throw ControlFault.refused(
                "the new secret is in use, but Cipher has not dropped the old one: send it SIGHUP")
        }
    }

    private static func newSecret() throws(StartFailure) -> Secret {
        var text = Array(Hex.encode(try RandomBytes.forStart(secretBytes)).utf8)
        return Secret(taking: &text)
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let fault as VaultFault: "Cipher did not take the new one up (\(fault))"
        case let failure as StartFailure: failure.description
        default: "the wait was cut short"
        }
    }

    /// Asks Cipher with a secret of its own, on connections of their own, until the answer is as it
    /// has to be.
    private func wait(until secret: Secret, isAccepted: Bool) async throws {
        let deadline = loop.now + Self.waitMax
        while true {
            let fault = try await self.fault(of: secret)
            if (fault == nil) == isAccepted { return }
            guard loop.now < deadline else {
                throw fault ?? VaultFault.unavailable("it still accepts the old one")
            }
            try await loop.sleep(for: Self.pause)
        }
    }

    private func fault(of secret: Secret) async throws -> VaultFault? {
        let alone = SharedSecret(secret)
        let site = CipherSite(
            address: settings.cipher, secret: alone, loop: loop, resolver: resolver,
            handshake: settings.cipher.isSecure ? try alone.clientHandshake(loop: loop) : nil,
            limits: CipherClientLimits())
        let connections = CipherConnections(
            site, countMax: 1, bodyBytesMax: site.limits.keysBytesMax, keys: nil)
        let fault: VaultFault?
        do throws(VaultFault) {
            let response = try await connections.get(CipherKeys.target)
            fault = response.status == .ok ? nil : .unavailable("status \(response.status.code)")
        } catch { fault = error }
        await connections.close()
        return fault
    }
}
