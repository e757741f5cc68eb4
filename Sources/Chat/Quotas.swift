/// What one user may do; 0 is no limit.
package struct Quotas: Sendable {
    /// Beyond so many active users the buckets of those are forgotten who had least to wait.
    static let usersMax = 50_000

    /// Twice as many may be sent at once.
    package var sendsPerMinute = 60
    /// Of stored records, of which each counts as 512 at least.
    package var bytesPerDay = 10 << 20
    package var unknownNamesPerHour = 30
    /// Of the whole store. What is beyond it is refused.
    package var messagesMax = 2_000_000

    package init() {}
}
