/// A queue that shares turns fairly, over a tree of shares such as purpose, then address, then
/// account: start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996), in which sparse shares go
/// first (as in FQ-CoDel, RFC 8290 §4.2).
///
/// At each level the share with the fewest turns goes first. One that had none lately is one turn
/// ahead of all that wait again and again, and one whose turns were given back is two. Among equals
/// the newest and the oldest go by turns: the newest is the likeliest to be waited for still, and
/// the oldest is not to wait for ever. Those of one whole path go in the order in which they came.
///
/// Each `next` and `add` looks at all that waits, so the limits are to be some hundreds.
package struct FairQueue<Key: Hashable & Sendable, Element: Sendable>: Sendable {
    private struct Entry {
        let path: [Key]
        let element: Element
    }

    private let limits: [Int]
    /// How many children a share of each level remembers.
    private let childrenMax: [Int]
    private let cost: @Sendable (Key) -> Double
    /// In the order in which they came.
    private var entries: [Entry] = []
    private var shares = Share<Key>()
    private var prefersNewest = true

    /// - Parameters:
    ///   - limits: How many may wait below each part of a path, its first part first. Its count is
    ///     that of the parts of every path.
    ///   - cost: What a turn costs a key among its siblings: twice the cost is half the turns.
    package init(limits: [Int], cost: @escaping @Sendable (Key) -> Double = { _ in 1 }) {
        precondition(!limits.isEmpty)
        self.limits = limits
        childrenMax = limits.map { 8 * $0 }
        self.cost = cost
    }

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }
    /// How many shares of the tree are in memory.
    var remembered: Int { shares.count - 1 }

    /// Adds an element. Returns the one that gives its place up where there are too many: the new
    /// one if its own path is the longest of those that share the limit, else the oldest of the
    /// longest.
    package mutating func add(_ element: Element, at path: [Key]) -> Element? {
        precondition(path.count == limits.count)
        entries.append(Entry(path: path, element: element))
        for level in limits.indices.reversed() {
            let rivals = entries.indices.filter { entries[$0].path[...level] == path[...level] }
            if rivals.count > limits[level] {
                return entries.remove(at: longest(of: rivals, below: level)).element
            }
        }
        return nil
    }

    /// Takes out the element whose turn it is, and charges its path for the turn.
    package mutating func next() -> Element? {
        guard !entries.isEmpty else { return nil }
        var candidates = Array(entries.indices)
        if prefersNewest { candidates.reverse() }
        prefersNewest.toggle()
        var share = shares
        for level in limits.indices {
            let keys = candidates.map { entries[$0].path[level] }
            var first = (key: keys[0], rank: share.rank(of: keys[0]))
            for key in keys.dropFirst() {
                let rank = share.rank(of: key)
                if rank < first.rank { first = (key, rank) }
            }
            candidates.removeAll { entries[$0].path[level] != first.key }
            share = share.children[first.key] ?? Share()
        }
        let entry = entries.remove(at: candidates.min() ?? 0)
        shares.charge(entry.path[...], cost, childrenMax[...])
        return entry.element
    }

    /// Gives a turn back below the first part of the path, whose share is fixed, and lets the path
    /// go before those that are not known.
    package mutating func giveBack(_ path: [Key]) {
        guard let first = path.first else { return }
        shares.children[first]?.giveBack(path.dropFirst(), cost)
    }

    /// Lets the path, below its first part, go before those that are not known.
    package mutating func favour(_ path: [Key]) {
        guard let first = path.first else { return }
        shares.children[first, default: Share()].favour(path.dropFirst(), childrenMax.dropFirst())
    }

    /// Takes out all elements of which this is true, oldest first.
    package mutating func remove(where isGone: (Element) -> Bool) -> [Element] {
        let gone = entries.filter { isGone($0.element) }.map(\.element)
        if !gone.isEmpty { entries.removeAll { isGone($0.element) } }
        return gone
    }

    /// The place of the entry that gives way: at each level below, in the child with most entries;
    /// among equals in the one that had most turns, and then in the oldest.
    private func longest(of rivals: [Int], below level: Int) -> Int {
        var rivals = rivals
        let newest = entries.count - 1
        var share = shares
        for key in entries[newest].path[...level] { share = share.children[key] ?? Share() }
        for level in limits.indices.dropFirst(level + 1) {
            var counts: [Key: Int] = [:]
            for index in rivals { counts[entries[index].path[level], default: 0] += 1 }
            var worst = entries[rivals[0]].path[level]
            for index in rivals.dropFirst() {
                let key = entries[index].path[level]
                let (count, most) = (counts[key, default: 0], counts[worst, default: 0])
                let isWorse = count == most && share.rank(of: key) > share.rank(of: worst)
                if count > most || isWorse { worst = key }
            }
            rivals.removeAll { entries[$0].path[level] != worst }
            share = share.children[worst] ?? Share()
        }
        return rivals.contains(newest) ? newest : rivals[0]
    }
}

/// Turns had at one place of the tree, as virtual times.
private struct Share<Key: Hashable & Sendable>: Sendable {
    /// When its last turn ended, in the virtual time of its siblings.
    private var end = -Double.infinity
    /// The virtual time of the children: when the turn began that was had last.
    private var now = 0.0
    /// A turn of it was given back.
    private var isKnown = false
    fileprivate(set) var children: [Key: Share] = [:]

    var count: Int { children.values.reduce(1) { $0 + $1.count } }

    /// Where it stands among its siblings: the least goes first.
    func rank(of key: Key) -> Double {
        start(of: key) - (children[key]?.isKnown == true ? 1 : 0)
    }

    /// When its next turn would begin.
    private func start(of key: Key) -> Double {
        max(children[key]?.end ?? now - 1, now - 1)
    }

    mutating func charge(
        _ path: ArraySlice<Key>, _ cost: (Key) -> Double, _ childrenMax: ArraySlice<Int>
    ) {
        guard let key = path.first, let max = childrenMax.first else { return }
        let start = start(of: key)
        now = Swift.max(now, start)
        if children[key] == nil { makeSpace(max) }
        children[key, default: Share()].end = start + cost(key)
        children[key]?.charge(path.dropFirst(), cost, childrenMax.dropFirst())
    }

    mutating func giveBack(_ path: ArraySlice<Key>, _ cost: (Key) -> Double) {
        guard let key = path.first else { return }
        children[key]?.end -= cost(key)
        children[key]?.isKnown = true
        children[key]?.giveBack(path.dropFirst(), cost)
    }

    mutating func favour(_ path: ArraySlice<Key>, _ childrenMax: ArraySlice<Int>) {
        guard let key = path.first, let max = childrenMax.first else { return }
        if children[key] == nil { makeSpace(max) }
        children[key, default: Share()].isKnown = true
        children[key]?.favour(path.dropFirst(), childrenMax.dropFirst())
    }

    /// Forgets the children that are even with the rest; then all that are not known; then all. At
    /// worst somebody has some turns too many.
    private mutating func makeSpace(_ max: Int) {
        guard children.count >= max else { return }
        children = children.filter { $0.value.end > now - 1 || $0.value.isKnown }
        if children.count >= max { children = children.filter(\.value.isKnown) }
        if children.count >= max { children.removeAll() }
    }
}
