/// The facts that decide a poll before any message is read.
package struct PollFacts: Sendable, Equatable {
    /// The epoch of the user's sessions, or nil if there is no such user.
    package let epoch: Int?
    /// The newest timestamp of any message the store has met, or 0. Sessions are never judged by an
    /// earlier time.
    package let newestTimestamp: Int64
    /// Changes whenever the answer changes, and never repeats for another answer. A conversation's
    /// revision changes when messages are added or deleted, but not when one is rewrapped. A user's
    /// revision changes with the result of `contacts(of:)`. A conversation that was removed has the
    /// revision of one that never existed.
    package let revision: UInt64
    /// Whether the friendship of the conversation's two users has ended.
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
