internal import EventLoop
internal import RateLimit

/// Who may register.
package enum Registration: String, Sendable, CaseIterable {
    case open
    /// Those who bring an invitation of the operator's.
    case invite
    case closed
}

/// What one address may do about accounts.
package struct AccountLimits: Sendable {
    /// Passwords tried a minute, by address and by (address, account); 0 is no limit.
    package var attemptsPerMinute = 20
    /// By address; 0 is no limit.
    package var registrationsPerDay = 200
    package var registration = Registration.open

    package init() {}
}

/// How many registrations of the day an address has left.
struct DailyRegistrations {
    private var buckets: TokenBuckets<Network>?

    /// - Parameter perDay: 0 is no limit.
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

    mutating func giveBack(to client: Network) {
        buckets?.giveBack(for: client)
    }
}
