import EventLoop

/// Connections in the order in which they make way for others, found by one look at all of them.
///
/// One look serves several departures, so that a flood of newcomers costs no look each. It holds
/// those of one rank alone: what comes to wait meanwhile in a lower rank is found by the next look.
struct DepartureQueue {
    typealias Rank = (ConnectionMark.State) -> Int?

    /// How many are held of one look.
    private static let countMax = 64
    /// Of those that were served before, which a newcomer should not cost more than it must.
    private static let servedCountMax = 16
    /// After a look that found nobody.
    private static let restTime = Duration.milliseconds(100)

    /// The first to go stands last.
    private var found: [(mark: ConnectionMark, state: ConnectionMark.State)] = []
    private var restsUntil: MonotonicTime?

    /// Returns who goes next and still waits as it did when it was found; nil where nobody is.
    ///
    /// - Parameters:
    ///   - rank: Lower ranks go first, and in a rank who has waited longest; nil stays.
    ///   - looks: Whether it looks again where nobody is left of those it has found.
    mutating func next(
        of marks: some Sequence<ConnectionMark>, at now: MonotonicTime, looks: Bool = true,
        rank: Rank
    ) -> ConnectionMark? {
        if let mark = takeFound() { return mark }
        guard looks else { return nil }
        if let restsUntil, now < restsUntil { return nil }
        look(at: marks, rank)
        restsUntil = found.isEmpty ? now + Self.restTime : nil
        return takeFound()
    }

    private mutating func takeFound() -> ConnectionMark? {
        while let (mark, state) = found.popLast() {
            if mark.state == state, !mark.hasMadeWay { return mark }
        }
        return nil
    }

    private mutating func look(at marks: some Sequence<ConnectionMark>, _ rank: Rank) {
        var lowest = Int.max
        for mark in marks where !mark.hasMadeWay {
            let state = mark.state
            guard let rank = rank(state), rank <= lowest else { continue }
            if rank < lowest {
                lowest = rank
                found.removeAll(keepingCapacity: true)
            }
            insert(mark, state)
        }
    }

    /// Keeps those that have waited longest, the longest last.
    private mutating func insert(_ mark: ConnectionMark, _ state: ConnectionMark.State) {
        let max = state.wasServed ? Self.servedCountMax : Self.countMax
        if found.count == max {
            guard let first = found.first, state.since < first.state.since else { return }
            found.removeFirst()
        }
        let place = found.firstIndex { $0.state.since < state.since } ?? found.count
        found.insert((mark, state), at: place)
    }
}
