import EventLoop

/// Connections in the order in which they make way for others, found by one look at all.
///
/// One look serves several departures, so that a flood of newcomers costs no look each. It holds
/// those of one rank alone: what comes to wait meanwhile in a lower rank is found by the next look.
struct EvictionQueue {
    typealias Rank = (ConnectionStatus.State) -> Int?

    /// How many are held of one look.
    private static let countMax = 64
    /// Of those that were served before, which a newcomer should not cost more than it must.
    private static let servedCountMax = 16
    /// After a look that found nobody.
    private static let restTime = Duration.milliseconds(100)

    /// The first to go stands last.
    private var found: [(status: ConnectionStatus, state: ConnectionStatus.State)] = []
    private var restsUntil: MonotonicTime?

    /// Returns who goes next and still waits as it did when it was found; nil where nobody is.
    ///
    /// - Parameters:
    ///   - rank: Lower ranks go first, and in a rank who has waited longest; nil stays.
    ///   - scans: Whether it looks again where nobody is left of those it has found.
    mutating func next(
        of statuses: some Sequence<ConnectionStatus>, at now: MonotonicTime, scans: Bool = true,
        rank: Rank
    ) -> ConnectionStatus? {
        if let status = takeFound() { return status }
        guard scans else { return nil }
        if let restsUntil, now < restsUntil { return nil }
        scan(statuses, rank)
        restsUntil = found.isEmpty ? now + Self.restTime : nil
        return takeFound()
    }

    private mutating func takeFound() -> ConnectionStatus? {
        while let (status, state) = found.popLast() {
            if status.state == state, !status.isEvicted { return status }
        }
        return nil
    }

    private mutating func scan(_ statuses: some Sequence<ConnectionStatus>, _ rank: Rank) {
        var lowest = Int.max
        for status in statuses where !status.isEvicted {
            let state = status.state
            guard let rank = rank(state), rank <= lowest else { continue }
            if rank < lowest {
                lowest = rank
                found.removeAll(keepingCapacity: true)
            }
            insert(status, state)
        }
    }

    /// Keeps those that have waited longest, the longest last.
    private mutating func insert(_ status: ConnectionStatus, _ state: ConnectionStatus.State) {
        let max = state.wasServed ? Self.servedCountMax : Self.countMax
        if found.count == max {
            guard let first = found.first, state.since < first.state.since else { return }
            found.removeFirst()
        }
        let place = found.firstIndex { $0.state.since < state.since } ?? found.count
        found.insert((status, state), at: place)
    }
}
