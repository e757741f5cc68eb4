internal import EventLoop
internal import RateLimit

/// Limits password attempts with token buckets by address and by (address, account). It never
/// limits by account alone, because a stranger could then lock a user out.
struct AttemptThrottle {
    /// Attempts of signed-in users do not use up the tokens for log-ins at their address.
    private struct Source: Hashable {
        let network: Network
        let isSignedIn: Bool
    }

    private struct Target: Hashable {
        let source: Source
        let account: Int
    }

    private let isOn: Bool
    private var bySource: TokenBuckets<Source>
    private var byTarget: TokenBuckets<Target>

    /// - Parameter attemptsPerMinute: The burst, and the attempts in a minute. 0 means no
    ///   throttling.
    init(attemptsPerMinute: Int) {
        isOn = attemptsPerMinute > 0
        let (capacity, perSecond) = (
            Double(max(1, attemptsPerMinute)), Double(max(1, attemptsPerMinute)) / 60
        )
        bySource = TokenBuckets(capacity: capacity, perSecond: perSecond)
        byTarget = TokenBuckets(capacity: capacity, perSecond: perSecond)
    }

    /// Returns the time until `admit` would succeed, or nil if it would succeed now.
    ///
    /// - Parameter mayGetBack: Whether other attempts of the address are being served, so that
    ///   their tokens may be given back. Then only the account's own bucket counts.
    func wait(_ attempt: Attempt, mayGetBack: Bool, at now: MonotonicTime) -> Duration? {
        guard isOn, let target = Self.target(of: attempt) else { return nil }
        let byTarget = byTarget.wait(for: target, at: now)
        if mayGetBack { return byTarget }
        return [byTarget, bySource.wait(for: target.source, at: now)].compactMap { $0 }.max()
    }

    /// Counts an attempt and returns nil. If it must wait, it counts nothing and returns the wait.
    mutating func admit(_ attempt: Attempt, at now: MonotonicTime) -> Duration? {
        if let wait = wait(attempt, mayGetBack: false, at: now) {
            noteRefusal(of: attempt)
            return wait
        }
        guard isOn, let target = Self.target(of: attempt) else { return nil }
        _ = bySource.take(for: target.source, at: now)
        _ = byTarget.take(for: target, at: now)
        return nil
    }

    /// Counts a refusal that followed from `wait`.
    mutating func noteRefusal(of attempt: Attempt) {
        guard isOn, let target = Self.target(of: attempt) else { return }
        bySource.noteRefusal(of: target.source)
    }

    /// Returns the addresses that were refused lately. The accounts that they tried are known by a
    /// hash alone.
    func limited(at now: MonotonicTime) -> [LimitedUse] {
        guard isOn else { return [] }
        return bySource.limited(at: now).map {
            LimitedUse(
                by: .address($0.key.network), why: .tooManyAttempts, refusals: $0.refusals,
                wait: $0.wait)
        }
    }

    /// Gives back the address's token of a successful attempt, so that a class behind one address
    /// can log in. The account's token stays taken.
    mutating func giveBack(_ attempt: Attempt) {
        guard isOn, let target = Self.target(of: attempt) else { return }
        bySource.giveBack(for: target.source)
    }

    private static func target(of attempt: Attempt) -> Target? {
        attempt.network.map { network in
            let source = Source(network: network, isSignedIn: attempt.purpose == .ownAccount)
            return Target(source: source, account: attempt.account)
        }
    }
}
