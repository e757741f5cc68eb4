package import EventLoop
internal import Logging
package import RateLimit
package import Storage
import Synchronization

/// Knows whether the vault can be trusted with texts right now: whether it answers, and holds the
/// keys that the store's messages were sealed with. Lives on its loop.
///
/// It looks at the vault's keys again and again (`run`), and at those of every new connection to
/// it (`approve`). Versions never met before are noted in the store before anything is sealed.
package actor KeyGuard {
    package enum State: Sendable, Equatable {
        /// Nobody has looked yet.
        case waiting
        case ready
        case unavailable(String)
        case otherKeys(String)
    }

    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private let vault: any Vault
    private let store: any ChatStore
    private let log: RateLimitedLog
    private let times: KeyGuardTimes

    package private(set) var state = State.waiting
    private var approved: [VaultKey] = []
    private nonisolated let approvedDigest = Atomic<UInt64>(0)

    private let bell: Bell
    private var isLooking = false
    /// Counts what makes a look that began before it worthless.
    private var disturbances = 0

    package init(
        vault: any Vault, store: any ChatStore, loop: EventLoop, log: RateLimitedLog,
        times: KeyGuardTimes = KeyGuardTimes()
    ) {
        self.vault = vault
        self.store = store
        self.loop = loop
        self.log = log
        self.times = times
        bell = Bell(loop: loop)
    }

    /// A hash of the vault's keys and of what they still open, the same in every process: a history
    /// depends on it, so its ETag does. 0 before the first look.
    package nonisolated var digest: UInt64 { approvedDigest.load(ordering: .relaxed) }

    /// Looks until it is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await look()
            await bell.wait(atMost: times.pause)
        }
    }

    /// Throws unless the last look was good. To be called right before sealing or opening.
    package func check() throws(VaultFault) {
        switch state {
        case .ready: return
        case .waiting: throw .unavailable("the vault's keys have not been looked at yet")
        case .unavailable(let reason): throw .unavailable(reason)
        case .otherKeys(let reason): throw .otherKeys(reason)
        }
    }

    /// To be called when the vault failed to seal or open. Where the fault may be its own, it is
    /// looked at again at once. One call that failed proves nothing for the others, which go on
    /// until the look was bad.
    package func noteFailure(_ fault: VaultFault) async {
        if fault != .busy, !Task.isCancelled {
            log.log(.warning, "the vault failed a call", metadata: ["why": "\(fault)"])
        }
        guard fault.isOfVault, state == .ready || isLooking else { return }
        disturbances += 1
        await bell.ring()
    }

    /// Judges the keys that a new connection leads to, and notes the new ones among them. Throws
    /// where nothing may go over it.
    package func approve(_ keys: [VaultKey]) async throws(VaultFault) {
        do {
            try await judge(keys)
        } catch {
            if case .otherKeys(let reason) = error {
                disturbances += 1
                become(.otherKeys(reason))
            }
            throw error
        }
    }

    /// Asks for a version that is lost for good no more. The vault is looked at again at once.
    ///
    /// - Throws: `KeyForgetting`, where there is no such version or the vault still holds it; what
    ///   the store throws.
    package func forget(_ version: Int) async throws {
        let held = (try? await vault.keys()) ?? []
        try await store.commit(reading: [.keys]) { facts in
            guard let known = facts.knownKeys[version] else { throw KeyForgetting.unknown }
            let isHeld = held.contains { $0.version == version && $0.fingerprint == known }
            if isHeld { throw KeyForgetting.isHeld }
            return (.keyForgotten(version: version), ())
        }
        disturbances += 1
        await bell.ring()
    }

    // MARK: Looking

    private func look() async {
        isLooking = true
        defer { isLooking = false }
        let before = disturbances
        let (vault, loop, limit) = (vault, loop, times.answerTimeMax)
        await withTaskGroup(of: Result<[VaultKey], VaultFault>.self) { group in
            group.addTask(executorPreference: loop) {
                do throws(VaultFault) { return .success(try await vault.keys()) } catch {
                    return .failure(error)
                }
            }
            group.addTask(executorPreference: loop) {
                try? await loop.sleep(for: limit)
                return .failure(.unavailable("the vault did not answer within \(limit)"))
            }
            // Not at the end of the group: whoever is too late may not end soon either.
            if let first = await group.next() { await conclude(first, since: before) }
            group.cancelAll()
        }
    }

    private func conclude(
        _ answer: Result<[VaultKey], VaultFault>, since before: Int
    ) async {
        if Task.isCancelled { return }
        do {
            try await judge(try answer.get())
            if disturbances == before { become(.ready) } else { await bell.ring() }
        } catch {
            switch error {
            case .unavailable, .busy, .refused, .failed, .keyRetired:
                become(.unavailable("\(error)"))
            case .otherKeys(let reason): become(.otherKeys(reason))
            }
        }
    }

    private func judge(_ keys: [VaultKey]) async throws(VaultFault) {
        let known: KnownKeys
        do { known = KnownKeys(try await store.knownKeys) } catch {
            throw .unavailable("the keys that the store knows cannot be read: \(error)")
        }
        if let difference = known.difference(from: keys) { throw .otherKeys(difference) }
        guard !keys.isEmpty else { throw .unavailable("the vault has no key") }
        for key in keys where !known.contains(key) { try await learn(key) }
        guard keys != approved else { return }
        approved = keys
        approvedDigest.store(VaultKey.digest(of: keys), ordering: .relaxed)
    }

    private func learn(_ key: VaultKey) async throws(VaultFault) {
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
        log.log(.notice, "met a key of the vault", metadata: ["version": "\(key.version)"])
    }

    private func become(_ next: State) {
        defer { state = next }
        guard next != state else { return }
        switch (state, next) {
        case (.unavailable, .unavailable(let reason)):
            log.log(.debug, "the vault is still away", metadata: ["why": "\(reason)"])
        case (_, .unavailable(let reason)): tell(.warning, "the vault is away", reason)
        case (_, .otherKeys(let reason)): tell(.error, "no message is sealed or opened", reason)
        case (_, .ready): tell(.notice, "the vault is ready")
        case (_, .waiting): break
        }
    }

    /// A vault that comes and goes is told of a few times a minute.
    private func tell(_ level: Logger.Level, _ message: StaticString, _ reason: String? = nil) {
        log.log(
            level, message, linesMax: 3, metadata: reason.map { ["why": "\($0)"] } ?? [:])
    }
}

/// Why a key version is not forgotten.
package enum KeyForgetting: Error, Sendable {
    /// The store never met it, or forgot it before.
    case unknown
    /// The vault has that key, and would be asked for it again.
    case isHeld
}

/// How often the vault is looked at, and how long it may take to answer. Together less than the
/// second within which readiness follows the vault.
package struct KeyGuardTimes: Sendable {
    package var pause = Duration.milliseconds(400)
    package var answerTimeMax = Duration.milliseconds(500)

    package init() {}
}
