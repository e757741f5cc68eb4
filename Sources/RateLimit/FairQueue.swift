/// A queue that shares turns fairly, over a tree of shares such as purpose, then address, then
/// account. It is start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996). Sparse shares go
/// first, as in FQ-CoDel (RFC 8290 §4.2).
///
/// At each level the share with the fewest turns goes first. A share without a recent turn is one
/// turn ahead of busy shares, and one whose turns were given back is two ahead. Equal shares
/// alternate between the newest entry, whose client most likely still waits, and the oldest, which
/// must not wait for ever. Entries of one whole path go in order of arrival.
///
/// Each `next` and `add` scans all entries, so the limits should be some hundreds.
package struct FairQueue<Key: Hashable & Sendable, Element> {
    private struct Entry {
        let path: [Key]
        let element: Element
    }

    private let limits: [Int]
    /// The number of children that a share of each level remembers.
    private let childrenMax: [Int]
    private let cost: @Sendable (Key) -> Double
    /// In order of arrival.
    private var entries: [Entry] = []
    private var shares = Share<Key>()
    private var prefersNewest = true

    /// - Parameters:
    ///   - limits: The entries that may wait below each part of a path, first part first. Every
    ///     path has as many parts as there are limits.
    ///   - cost: The cost of a turn for a key among its siblings: twice the cost is half the turns.
    package init(limits: [Int], cost: @escaping @Sendable (Key) -> Double = { _ in 1 }) {
        precondition(!limits.isEmpty)
        self.limits = limits
        childrenMax = limits.map { 8 * $0 }
        self.cost = cost
    }

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }
    /// The number of shares of the tree in memory.
    var remembered: Int { shares.count - 1 }

    /// Adds an element. Above a limit it drops one element of the fullest path and returns it.
    /// That is the new element if it is on that path, otherwise the oldest one there.
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

    /// Removes and returns the element whose turn it is, and charges its path for the turn.
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

    /// Gives a turn back below the first part of the path, whose share is fixed. The path now goes
    /// before unknown ones.
    package mutating func giveBack(_ path: [Key]) {
        guard let first = path.first else { return }
        shares.children[first]?.giveBack(path.dropFirst(), cost)
    }

    /// Lets the path, below its first part, go before unknown ones.
    package mutating func favour(_ path: [Key]) {
        guard let first = path.first else { return }
        shares.children[first, default: Share()].favour(path.dropFirst(), childrenMax.dropFirst())
    }

    /// Removes and returns all elements that match, oldest first.
    package mutating func remove(where isGone: (Element) -> Bool) -> [Element] {
        let gone = entries.filter { isGone($0.element) }.map(\.element)
        if !gone.isEmpty { entries.removeAll { isGone($0.element) } }
        return gone
    }

    /// Returns the place of the entry to drop. At each level below, the search goes into the child
    /// with the most entries. Equal children are told apart by turns, then by age.
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

/// The past turns of one node of the tree, as virtual times.
private struct Share<Key: Hashable & Sendable>: Sendable {
    /// The end of its last turn, in the virtual time of its siblings.
    private var end = -Double.infinity
    /// The virtual time of the children: the beginning of the last turn.
    private var now = 0.0
    /// Whether a turn was given back to it.
    private var isKnown = false
    fileprivate(set) var children: [Key: Share] = [:]

    var count: Int { children.values.reduce(1) { $0 + $1.count } }

    /// Returns the rank of a child among its siblings. The lowest goes first.
    func rank(of key: Key) -> Double {
        start(of: key) - (children[key]?.isKnown == true ? 1 : 0)
    }

    /// Returns the beginning of a child's next turn.
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

    /// Removes children whose past turns no longer affect their rank. If that is not enough, it
    /// removes those without a returned turn, and then all. At worst a client gets a few turns too
    /// many.
    private mutating func makeSpace(_ max: Int) {
        guard children.count >= max else { return }
        children = children.filter { $0.value.end > now - 1 || $0.value.isKnown }
        if children.count >= max { children = children.filter(\.value.isKnown) }
        if children.count >= max { children.removeAll() }
    }
}
