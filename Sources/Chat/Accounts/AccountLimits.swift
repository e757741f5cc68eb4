internal import EventLoop
internal import RateLimit

/// The rule for registration.
package enum Registration: String, Sendable, CaseIterable {
    case open
    /// Only people with an invitation from the operator may register.
    case invite
    case closed
}

/// The limits of one address for operations on accounts.
package struct AccountLimits: Sendable {
    /// The password attempts in a minute, by address and by (address, account). 0 means no limit.
    package var attemptsPerMinute = 20
    /// The registrations in a day by address. 0 means no limit.
    package var registrationsPerDay = 200
    package var registration = Registration.open

    package init() {}
}

/// The remaining registrations of each address for the day.
struct DailyRegistrations {
    private var buckets: TokenBuckets<Network>?

    /// - Parameter perDay: 0 means no limit.
    init(_ perDay: Int) {
        if perDay > 0 {
            buckets = TokenBuckets(
                capacity: Double(perDay), perSecond: Double(perDay) / 86_400)
        }
    }

    mutating func take(for client: Network) throws(ChatFault) {
        if let wait = buckets?.take(for: client, at: .current()) {
            throw .tooManyAttempts(after: wait)
        }
    }

    func limited(at now: MonotonicTime) -> [LimitedUse] {
        LimitedUse.list(buckets, .tooManyRegistrations, at: now)
    }

    mutating func giveBack(to client: Network) {
        buckets?.giveBack(for: client)
    }
}
