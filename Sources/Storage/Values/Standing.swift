/// What a session is judged by.
package struct Standing: Sendable, Equatable {
    /// The user's epoch; nil where there is no such user.
    package let epoch: Int?
    /// The newest timestamp of any message the store has met, or 0: no earlier time is the present.
    package let newestTimestamp: Int64

    package init(epoch: Int?, newestTimestamp: Int64) {
        self.epoch = epoch
        self.newestTimestamp = newestTimestamp
    }
}
