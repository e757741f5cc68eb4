internal import EventLoop
internal import RateLimit

/// How often passwords may be tried: token buckets by address and by (address, account). Never by
/// account alone, or a stranger could lock somebody out.
struct AttemptThrottle {
    /// Those who are signed in do not use up what others at their address log in with.
    private struct Source: Hashable {
        let network: Network
        let isSignedIn: Bool
    }

    private struct Line: Hashable {
        let source: Source
        let account: Int
    }

    private let isOn: Bool
    private var bySource: TokenBuckets<Source>
    private var byLine: TokenBuckets<Line>

    /// - Parameter attemptsPerMinute: As many at once, and as many a minute; 0 is no throttling.
    init(attemptsPerMinute: Int) {
        isOn = attemptsPerMinute > 0
        let (capacity, perSecond) = (
            Double(max(1, attemptsPerMinute)), Double(max(1, attemptsPerMinute)) / 60
        )
        bySource = TokenBuckets(capacity: capacity, perSecond: perSecond)
        byLine = TokenBuckets(capacity: capacity, perSecond: perSecond)
    }

    /// Returns how long it is until `admit` would succeed, nil if it would now.
    ///
    /// - Parameter mayGetBack: Others at the address are being served: what they took may be given
    ///   back, so only the account's own bucket counts.
    func wait(_ attempt: Attempt, mayGetBack: Bool, at now: MonotonicTime) -> Duration? {
        guard isOn, let line = Self.line(of: attempt) else { return nil }
        let byLine = byLine.wait(for: line, at: now)
        if mayGetBack { return byLine }
        return [byLine, bySource.wait(for: line.source, at: now)].compactMap { $0 }.max()
    }

    /// Counts an attempt. Returns nil if it may go on; else how long it is until it might, and
    /// nothing is counted.
    mutating func admit(_ attempt: Attempt, at now: MonotonicTime) -> Duration? {
        if let wait = wait(attempt, mayGetBack: false, at: now) { return wait }
        guard isOn, let line = Self.line(of: attempt) else { return nil }
        _ = bySource.take(for: line.source, at: now)
        _ = byLine.take(for: line, at: now)
        return nil
    }

    /// Gives back what a success took from the address: a class behind one address gets in. What
    /// it took from the account stays taken.
    mutating func giveBack(_ attempt: Attempt) {
        guard isOn, let line = Self.line(of: attempt) else { return }
        bySource.giveBack(for: line.source)
    }

    private static func line(of attempt: Attempt) -> Line? {
        attempt.network.map { network in
            let source = Source(network: network, isSignedIn: attempt.purpose == .ownAccount)
            return Line(source: source, account: attempt.account)
        }
    }
}
