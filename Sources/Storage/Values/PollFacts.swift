/// The facts that decide a poll before any message is read.
package struct PollFacts: Sendable, Equatable {
    /// The epoch of the user's sessions; nil where there is no such user.
    package let epoch: Int?
    /// The newest timestamp of any message the store has met, or 0: no earlier time is the present.
    package let newestTimestamp: Int64
    /// Changes whenever the answer does: of a conversation whenever messages come or go, and not
    /// when one is replaced; of a user whenever the answer of `contacts(of:)` does. Never repeats
    /// for another answer; one that is gone has the revision of one that never was.
    package let revision: UInt64
    /// Whether the two people of the conversation were friends and are not any more.
    package let hasEnded: Bool

    package init(
        epoch: Int?, newestTimestamp: Int64, revision: UInt64, hasEnded: Bool = false
    ) {
        self.epoch = epoch
        self.newestTimestamp = newestTimestamp
        self.revision = revision
        self.hasEnded = hasEnded
    }
}
