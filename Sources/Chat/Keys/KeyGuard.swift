package import EventLoop
internal import Logging
package import RateLimit
package import Storage
import Synchronization

/// Keeps texts from a vault that does not answer or holds other keys than the store's messages were
/// sealed with. Lives on its loop.
///
/// It probes the vault's keys again and again (`run`), and judges those of every new connection
/// (`approve`). New versions are in the store before anything is sealed. `KeyTrust` decides, and
/// this actor does the I/O.
package actor KeyGuard {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private let vault: any Vault
    private let store: any ChatStore
    private let log: RateLimitedLog

    private var trust: KeyTrust
    private nonisolated let approvedDigest = Atomic<UInt64>(0)
    private let timer: WakeableTimer
    private var probeTime: MonotonicTime

    package init(
        vault: any Vault, store: any ChatStore, loop: EventLoop, log: RateLimitedLog,
        times: KeyGuardTimes = KeyGuardTimes()
    ) {
        self.vault = vault
        self.store = store
        self.loop = loop
        self.log = log
        trust = KeyTrust(times: times)
        timer = WakeableTimer(loop: loop)
        probeTime = .current()
    }

    var state: KeyTrust.State { trust.state }

    /// A hash of the vault's keys and of what they still open, the same in every process. A
    /// history depends on it, so its ETag does. 0 before the first probe.
    package nonisolated var digest: UInt64 { approvedDigest.load(ordering: .relaxed) }

    /// Throws unless the vault can be trusted. Call it right before sealing or opening.
    package func check() throws(VaultFault) {
        switch trust.state {
        case .ready: return
        case .notProbed: throw .unavailable("the vault's keys have not been looked at yet")
        case .unavailable(let reason): throw .unavailable(reason)
        case .sealed: throw .sealed
        case .otherKeys(let reason): throw .otherKeys(reason)
        }
    }

    /// Probes until it is cancelled.
    package func run() async {
        await handle(.started)
        while !Task.isCancelled {
            await handle(.timePassed)
            await timer.wait(atMost: probeTime - .current())
        }
        await handle(.cancelled)
    }

    /// Reports that the vault failed to seal or open. A fault that may be the vault's own leads to
    /// a probe at once.
    package func callFailed(_ fault: VaultFault) async {
        await handle(.callFailed(fault, isCancelled: Task.isCancelled))
    }

    /// Judges the keys that a new connection leads to, and notes the new ones among them. Throws
    /// if nothing may go over that connection.
    package func approve(_ keys: [VaultKey]) async throws(VaultFault) {
        if let refusal = await judge(keys, by: .connection) { throw refusal }
    }

    /// Removes a lost version from the keys that the vault must hold, and probes at once.
    ///
    /// - Throws: `KeyForgetting` if there is no such version or the vault still holds it; the
    ///   store's faults.
    package func forget(_ version: Int) async throws {
        let held = (try? await vault.keys()) ?? []
        try await store.commit(reading: [.keys]) { facts in
            guard let known = facts.knownKeys[version] else { throw KeyForgetting.unknown }
            let isHeld = held.contains { $0.version == version && $0.fingerprint == known }
            if isHeld { throw KeyForgetting.isHeld }
            return (.keyForgotten(version: version), ())
        }
        await handle(.keyForgotten)
    }

    // MARK: Actions

    /// Returns why a connection is refused, or nil.
    @discardableResult
    private func handle(_ event: KeyTrust.Event) async -> VaultFault? {
        var refusal: VaultFault?
        for action in trust.handle(event, at: .current()) {
            switch action {
            case .probe(let time):
                let isEarlier = time < probeTime
                probeTime = time
                if isEarlier { await timer.wake() }
            case .probeNow(let deadline): await probe(until: deadline)
            case .note(let new, let shown, let source):
                refusal = await note(new, of: shown, by: source)
            case .publish(let digest): approvedDigest.store(digest, ordering: .relaxed)
            case .refuse(let fault): refusal = fault
            case .log(let line): log.write(line)
            }
        }
        return refusal
    }

    private func probe(until deadline: MonotonicTime) async {
        let (vault, loop) = (vault, loop)
        await withTaskGroup(of: Result<[VaultKey], VaultFault>?.self) { group in
            group.addTask(executorPreference: loop) {
                do throws(VaultFault) { return .success(try await vault.keys()) } catch {
                    return .failure(error)
                }
            }
            group.addTask(executorPreference: loop) {
                try? await loop.sleep(for: deadline - .current())
                return nil
            }
            // The group's end is too late: a call past its deadline may go on.
            let first = await group.next()
            if Task.isCancelled {
                await handle(.cancelled)
            } else {
                switch first ?? nil {
                case .success(let keys): await judge(keys, by: .probe)
                case .failure(let fault): await handle(.failed(fault, by: .probe))
                case nil: await handle(.timePassed)
                }
            }
            group.cancelAll()
        }
    }

    @discardableResult
    private func judge(_ keys: [VaultKey], by source: KeyTrust.Source) async -> VaultFault? {
        let known: KnownKeys
        do { known = KnownKeys(try await store.knownKeys) } catch {
            let why = "the keys that the store knows cannot be read: \(error)"
            return await handle(.failed(.unavailable(why), by: source))
        }
        return await handle(.shown(keys, known: known, by: source))
    }

    private func note(
        _ new: [VaultKey], of shown: [VaultKey], by source: KeyTrust.Source
    ) async -> VaultFault? {
        do throws(VaultFault) {
            for key in new {
                try await note(key)
                await handle(.keyNoted(version: key.version))
            }
        } catch {
            return await handle(.failed(error, by: source))
        }
        return await handle(.allNoted(shown, by: source))
    }

    private func note(_ key: VaultKey) async throws(VaultFault) {
        let isSame: Bool
        do {
            isSame = try await store.commit(reading: [.keys]) { facts in
                guard let known = facts.knownKeys[key.version] else {
                    return (.keySeen(version: key.version, fingerprint: key.fingerprint), true)
                }
                return (nil, known == key.fingerprint)
            }
        } catch {
            throw .unavailable("a new key of the vault cannot be noted: \(error)")
        }
        guard isSame else { throw .otherKeys(KnownKeys.isDifferent(key.version)) }
    }
}

extension RateLimitedLog {
    /// A vault that comes and goes causes three lines of a kind a minute at most.
    fileprivate func write(_ line: KeyTrustLine) {
        switch line {
        case .keyNoted(let version):
            log(.notice, "met a key of the vault", metadata: ["version": "\(version)"])
        case .callFailed(let fault):
            log(.warning, "the vault failed a call", metadata: ["why": "\(fault)"])
        case .ready: log(.notice, "the vault is ready", linesMax: 3)
        case .unavailable(let reason):
            log(.warning, "the vault is away", linesMax: 3, metadata: ["why": "\(reason)"])
        case .sealed:
            log(.warning, "the vault is sealed: run Cipher unseal", linesMax: 3)
        case .stillUnavailable(let reason):
            log(.debug, "the vault is still away", metadata: ["why": "\(reason)"])
        case .otherKeys(let reason):
            log(
                .error, "no message is sealed or opened", linesMax: 3,
                metadata: ["why": "\(reason)"])
        }
    }
}

/// Reasons why a key version is not forgotten.
package enum KeyForgetting: Error, Sendable {
    /// The store never met it, or forgot it before.
    case unknown
    /// The vault still has that key, and its next probe would note it again.
    case isHeld
}

/// The pause between two probes of the vault, and the time that it has to answer one. Together they
/// are less than the second within which readiness follows the vault.
package struct KeyGuardTimes: Sendable {
    package var pause = Duration.milliseconds(400)
    package var answerTimeMax = Duration.milliseconds(500)

    package init() {}
}
