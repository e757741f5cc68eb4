internal import Storage

/// Sends of client-chosen ids that are under way, and the duplicates that wait for their outcome.
///
/// Every duplicate is taken out once, so that many of one id cost no more than many of many: with
/// the outcome if the send succeeds, as the next to try if it fails.
struct PendingSends<Waiter> {
    private var waiters: [MessageID: ArraySlice<Waiter>] = [:]

    /// Returns whether nobody is sending this id. The caller is then the one who does, until
    /// `finish` or `handOver`.
    mutating func begin(_ id: MessageID) -> Bool {
        guard waiters[id] == nil else { return false }
        waiters[id] = []
        return true
    }

    /// Adds a duplicate of a send that is under way.
    mutating func wait(_ waiter: Waiter, for id: MessageID) {
        waiters[id]?.append(waiter)
    }

    /// Ends a send that succeeded. Returns all its duplicates.
    mutating func finish(_ id: MessageID) -> ArraySlice<Waiter> {
        waiters.removeValue(forKey: id) ?? []
    }

    /// Ends a send that failed. Returns the duplicate that waited longest and is now the one who
    /// sends; nil where none waits.
    mutating func handOver(_ id: MessageID) -> Waiter? {
        guard let next = waiters[id]?.popFirst() else {
            waiters[id] = nil
            return nil
        }
        return next
    }

    var isEmpty: Bool { waiters.isEmpty }
}
