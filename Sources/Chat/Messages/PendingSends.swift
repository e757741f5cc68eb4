internal import Storage

/// The sends of client-chosen ids that are under way, and the duplicates that wait for their
/// outcome.
///
/// A duplicate gets the outcome if the send succeeds. If the send fails, the first duplicate sends
/// next. The number of a user's duplicates that wait is limited, because each has a connection and
/// a body, and no quota counts it.
struct PendingSends<Duplicate> {
    private struct Entry {
        let user: UserID
        let duplicate: Duplicate
    }

    /// The largest number of a user's duplicates that wait. A further one is refused.
    static var waitingPerUserMax: Int { 64 }

    private var waiters: [MessageID: ArraySlice<Entry>] = [:]
    private var counts: [UserID: Int] = [:]

    /// Begins a send unless one of this id is under way, and returns whether it began. The caller
    /// then sends until `finish` or `handOver`.
    mutating func begin(_ id: MessageID) -> Bool {
        guard waiters[id] == nil else { return false }
        waiters[id] = []
        return true
    }

    /// Adds a duplicate of a send that is under way. Returns false if the user has as many as one
    /// may have.
    mutating func wait(_ duplicate: Duplicate, of user: UserID, for id: MessageID) -> Bool {
        guard counts[user, default: 0] < Self.waitingPerUserMax else { return false }
        counts[user, default: 0] += 1
        waiters[id]?.append(Entry(user: user, duplicate: duplicate))
        return true
    }

    /// Ends a send that succeeded. Returns all its duplicates.
    mutating func finish(_ id: MessageID) -> [Duplicate] {
        guard let entries = waiters.removeValue(forKey: id), !entries.isEmpty else { return [] }
        for entry in entries { forget(entry) }
        return entries.map(\.duplicate)
    }

    /// Ends a send that failed. Returns the duplicate that has waited longest and sends next, or
    /// nil if none waits.
    mutating func handOver(_ id: MessageID) -> Duplicate? {
        guard let next = waiters[id]?.popFirst() else {
            waiters[id] = nil
            return nil
        }
        forget(next)
        return next.duplicate
    }

    private mutating func forget(_ entry: Entry) {
        let left = counts[entry.user, default: 1] - 1
        counts[entry.user] = left > 0 ? left : nil
    }

    var isEmpty: Bool { waiters.isEmpty && counts.isEmpty }
}

/// The outcome that a duplicate of a pending send resumes with.
enum SendOutcome: Sendable {
    case sent(Message)
    /// The duplicate sends the message itself.
    case handedOver
    /// Too many duplicates of the user wait already.
    case refused
}
