internal import Storage

/// The sends of client-chosen ids that are under way, and the duplicates that wait for their
/// outcome.
///
/// Every duplicate is removed once, so many duplicates of one id cost no more than many ids. A
/// duplicate gets the outcome if the send succeeds. If the send fails, the first duplicate sends
/// next.
struct PendingSends<Duplicate> {
    private var waiters: [MessageID: ArraySlice<Duplicate>] = [:]

    /// Begins a send unless one of this id is under way, and returns whether it began. The caller
    /// then sends until `finish` or `handOver`.
    mutating func begin(_ id: MessageID) -> Bool {
        guard waiters[id] == nil else { return false }
        waiters[id] = []
        return true
    }

    /// Adds a duplicate of a send that is under way.
    mutating func wait(_ duplicate: Duplicate, for id: MessageID) {
        waiters[id]?.append(duplicate)
    }

    /// Ends a send that succeeded. Returns all its duplicates.
    mutating func finish(_ id: MessageID) -> ArraySlice<Duplicate> {
        waiters.removeValue(forKey: id) ?? []
    }

    /// Ends a send that failed. Returns the duplicate that has waited longest and sends next, or
    /// nil if none waits.
    mutating func handOver(_ id: MessageID) -> Duplicate? {
        guard let next = waiters[id]?.popFirst() else {
            waiters[id] = nil
            return nil
        }
        return next
    }

    var isEmpty: Bool { waiters.isEmpty }
}
