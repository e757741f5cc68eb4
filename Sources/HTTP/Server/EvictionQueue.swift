import EventLoop

/// The next connections to evict, found by a scan of all connections.
///
/// One scan serves several evictions, so that a flood of new connections does not cost one each.
/// The queue holds connections of one rank alone. The next scan finds connections that have reached
/// a lower rank meanwhile.
struct EvictionQueue {
    typealias Rank = (ConnectionStatus.State) -> Int?

    private static let countMax = 64
    /// The limit for connections that were served before. A flood should cost few of them.
    private static let servedCountMax = 16
    /// The pause after a scan that found none.
    private static let emptyScanPause = Duration.milliseconds(100)

    /// The connections and their states at the scan. The last one is evicted first.
    private var found: [(status: ConnectionStatus, state: ConnectionStatus.State)] = []
    private var pausedUntil: MonotonicTime?

    /// Returns the next connection whose state has not changed since the scan, or nil.
    ///
    /// - Parameters:
    ///   - scans: Whether to scan if the queue is empty.
    ///   - rank: Returns the rank, or nil if the connection must not be evicted. Lower ranks go
    ///     first, and within a rank the connection that has waited longest.
    mutating func next(
        of statuses: some Sequence<ConnectionStatus>, at now: MonotonicTime, scans: Bool = true,
        rank: Rank
    ) -> ConnectionStatus? {
        if let status = takeFound() { return status }
        guard scans else { return nil }
        if let pausedUntil, now < pausedUntil { return nil }
        scan(statuses, rank)
        pausedUntil = found.isEmpty ? now + Self.emptyScanPause : nil
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

    /// Keeps the connections that have waited longest, the longest last.
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
