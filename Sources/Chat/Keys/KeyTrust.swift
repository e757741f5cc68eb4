import EventLoop

/// Decides whether the vault may seal and open texts: whether it answers, and holds the keys that
/// the store's messages were sealed with.
///
/// It does no I/O. Events and the time come in, actions go out, and `KeyGuard` performs them.
/// Keys come from the guard's own probes and from every new connection to the vault.
struct KeyTrust: ~Copyable {
    enum State: Sendable, Equatable {
        /// No probe has ended yet.
        case notProbed
        case ready
        case unavailable(String)
        /// The vault waits for its operator to unseal its keys.
        case sealed
        case otherKeys(String)
    }

    /// The request by which the vault showed its keys.
    enum Source: Equatable {
        case probe
        case connection
    }

    enum Event {
        case started
        /// The time of `probe(at:)` or the deadline of a probe has come. Early events do nothing.
        case timePassed
        /// The vault showed its keys. `known` are the store's.
        case shown([VaultKey], known: KnownKeys, by: Source)
        /// One key is in the store from now on.
        case keyNoted(version: Int)
        /// All keys that the vault showed are in the store.
        case allNoted([VaultKey], by: Source)
        /// The vault showed no keys, or the store could not compare or note them.
        case failed(VaultFault, by: Source)
        /// A caller's seal or open failed. `isCancelled` tells that the caller has left.
        case callFailed(VaultFault, isCancelled: Bool)
        /// The store asks for one version less.
        case keyForgotten
        case cancelled
    }

    enum Action: Equatable {
        /// Send `timePassed` at this time. It replaces the time given before.
        case probe(at: MonotonicTime)
        /// Ask the vault for its keys now. Send `timePassed` if it has not answered by then.
        case probeNow(deadline: MonotonicTime)
        /// Note these new keys in the store, then send `allNoted` with all `shown`, or `failed`.
        case note([VaultKey], shown: [VaultKey], by: Source)
        /// Publish a new digest of the approved keys.
        case publish(digest: UInt64)
        /// Send nothing over the connection that showed its keys.
        case refuse(VaultFault)
        case log(KeyTrustLine)
    }

    private enum Phase {
        case stopped
        case paused(until: MonotonicTime)
        /// A disturbed probe may have been answered by a vault that is gone since.
        case probing(deadline: MonotonicTime, isDisturbed: Bool)
    }

    private let times: KeyGuardTimes
    private var phase = Phase.stopped
    private var approved: [VaultKey] = []
    private(set) var state = State.notProbed

    init(times: KeyGuardTimes) {
        self.times = times
    }

    mutating func handle(_ event: Event, at now: MonotonicTime) -> [Action] {
        switch event {
        case .started: return pause(until: now)
        case .shown(_, _, .probe) where !isProbing, .allNoted(_, .probe) where !isProbing,
            .failed(_, .probe) where !isProbing:
            // The probe was cancelled or ran out of time.
            return []
        case .timePassed: return timePassed(at: now)
        case .shown(let keys, let known, let source):
            return compare(keys, with: known, by: source, at: now)
        case .keyNoted(let version): return [.log(.keyNoted(version: version))]
        case .allNoted(let keys, let source): return approve(keys, by: source, at: now)
        case .failed(let fault, let source): return distrust(fault, by: source, at: now)
        case .callFailed(let fault, let isCancelled):
            let lines: [Action] =
                fault == .busy || isCancelled ? [] : [.log(.callFailed(fault))]
            return lines + (isReasonToProbe(fault) ? disturb(at: now) : [])
        case .keyForgotten: return disturb(at: now)
        case .cancelled:
            phase = .stopped
            return []
        }
    }

    // MARK: Probes

    private var isProbing: Bool {
        switch phase {
        case .stopped, .paused: false
        case .probing: true
        }
    }

    private mutating func pause(until time: MonotonicTime) -> [Action] {
        phase = .paused(until: time)
        return [.probe(at: time)]
    }

    private mutating func timePassed(at now: MonotonicTime) -> [Action] {
        switch phase {
        case .paused(let end) where end <= now:
            let deadline = now + times.answerTimeMax
            phase = .probing(deadline: deadline, isDisturbed: false)
            return [.probeNow(deadline: deadline)]
        case .probing(let deadline, _) where deadline <= now:
            let limit = times.answerTimeMax
            let fault = VaultFault.unavailable("the vault did not answer within \(limit)")
            return distrust(fault, by: .probe, at: now)
        case .stopped, .paused, .probing: return []
        }
    }

    /// Probes again at once. A probe in flight counts as stale, and the next one follows it.
    private mutating func disturb(at now: MonotonicTime) -> [Action] {
        switch phase {
        case .stopped: return []
        case .paused: return pause(until: now)
        case .probing(let deadline, _):
            phase = .probing(deadline: deadline, isDisturbed: true)
            return []
        }
    }

    /// One failed call proves nothing for the others, which go on until a probe fails. In a state
    /// other than ready the next probe is due soon anyway.
    private func isReasonToProbe(_ fault: VaultFault) -> Bool {
        fault.isOfVault && (isProbing || state == .ready)
    }

    // MARK: Keys

    private mutating func compare(
        _ keys: [VaultKey], with known: KnownKeys, by source: Source, at now: MonotonicTime
    ) -> [Action] {
        if let difference = known.difference(from: keys) {
            return distrust(.otherKeys(difference), by: source, at: now)
        }
        if keys.isEmpty {
            return distrust(.unavailable("the vault has no key"), by: source, at: now)
        }
        let new = keys.filter { !known.contains($0) }
        if new.isEmpty { return approve(keys, by: source, at: now) }
        return [.note(new, shown: keys, by: source)]
    }

    private mutating func approve(
        _ keys: [VaultKey], by source: Source, at now: MonotonicTime
    ) -> [Action] {
        var actions: [Action] = []
        if keys != approved {
            approved = keys
            actions.append(.publish(digest: VaultKey.digest(of: keys)))
        }
        switch (source, phase) {
        case (.connection, _), (.probe, .stopped), (.probe, .paused): return actions
        case (.probe, .probing(_, isDisturbed: true)): return actions + pause(until: now)
        case (.probe, .probing(_, isDisturbed: false)):
            return actions + setState(.ready) + pause(until: now + times.pause)
        }
    }

    private mutating func distrust(
        _ fault: VaultFault, by source: Source, at now: MonotonicTime
    ) -> [Action] {
        switch (source, phase) {
        case (.connection, _): return refuse(fault)
        case (.probe, .stopped), (.probe, .paused): return []
        case (.probe, .probing(_, let isDisturbed)):
            return setState(Self.state(after: fault))
                + pause(until: isDisturbed ? now : now + times.pause)
        }
    }

    /// Wrong keys on any connection set the state to `otherKeys`. Any other fault may concern that
    /// connection alone.
    private mutating func refuse(_ fault: VaultFault) -> [Action] {
        switch fault {
        case .unavailable, .sealed, .busy, .refused, .failed, .keyRetired: return [.refuse(fault)]
        case .otherKeys(let reason):
            if case .probing(let deadline, _) = phase {
                phase = .probing(deadline: deadline, isDisturbed: true)
            }
            return setState(.otherKeys(reason)) + [.refuse(fault)]
        }
    }

    private static func state(after fault: VaultFault) -> State {
        switch fault {
        case .unavailable, .busy, .refused, .failed, .keyRetired: .unavailable("\(fault)")
        case .sealed: .sealed
        case .otherKeys(let reason): .otherKeys(reason)
        }
    }

    private mutating func setState(_ next: State) -> [Action] {
        let last = state
        state = next
        if last == next { return [] }
        switch (last, next) {
        case (_, .notProbed): return []
        case (_, .ready): return [.log(.ready)]
        case (.unavailable, .unavailable(let reason)): return [.log(.stillUnavailable(reason))]
        case (_, .unavailable(let reason)): return [.log(.unavailable(reason))]
        case (_, .sealed): return [.log(.sealed)]
        case (_, .otherKeys(let reason)): return [.log(.otherKeys(reason))]
        }
    }
}

/// A line that the trust in the vault's keys writes to the log.
enum KeyTrustLine: Equatable {
    case keyNoted(version: Int)
    case callFailed(VaultFault)
    case ready
    case unavailable(String)
    case stillUnavailable(String)
    case sealed
    case otherKeys(String)
}
