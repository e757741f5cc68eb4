package import Encoding

/// A store that several processes use at once. Through it they share facts that none of them knows
/// alone.
package protocol SharedStore: ChatStore {
    /// Takes from an allowance that fills up evenly within a period. Returns nil, or takes nothing
    /// and returns the time until it is there.
    ///
    /// - Parameter cost: The time in which that much fills up.
    func take(
        _ cost: Duration, of allowance: ByteText, within period: Duration
    ) async throws(StorageFault) -> Duration?

    /// Notes for how long users have not polled. Users without a push subscription are left out.
    func notePolls(_ ages: [(user: UserID, age: Duration)]) async throws(StorageFault)
    /// Returns whether a noted poll of the user is no older than this.
    func hasPolled(_ user: UserID, within time: Duration) async throws(StorageFault) -> Bool

    /// Returns whether the receiver is to be told of a message from the sender. It is true once
    /// until the receiver's read marker passes that message, or the announcement ends.
    func beginAnnouncement(
        from sender: UserID, to receiver: UserID
    ) async throws(StorageFault) -> Bool
    /// Lets the next message of each sender be announced to the receiver.
    func endAnnouncements(
        _ ended: [(sender: UserID, receiver: UserID)]
    ) async throws(StorageFault)
}
