package import EventLoop
internal import RateLimit
package import Storage

/// Somebody whom a limit of this process has refused lately, and the limit.
package struct LimitedUse: Sendable {
    package enum Party: Sendable, Hashable {
        case user(UserID)
        case address(Network)
    }

    package enum Limit: String, Sendable {
        case tooManyMessages = "messages"
        case tooMuchData = "bytes"
        case tooManyNames = "names"
        case tooManyAttempts = "passwords"
        case tooManyRegistrations = "registrations"
        case tooManySubscriptions = "subscriptions"
        case tooManyMarkers = "markers"
    }

    package let party: Party
    package let limit: Limit
    /// Since the party last had all that the limit allows.
    package let refusals: Int
    /// The time until the next use is allowed, or nil if it is.
    package let wait: Duration?

    init(by party: Party, why limit: Limit, refusals: Int, wait: Duration?) {
        self.party = party
        self.limit = limit
        self.refusals = refusals
        self.wait = wait
    }

    static func list(
        _ buckets: TokenBuckets<UserID>?, _ limit: Limit, at now: MonotonicTime
    ) -> [LimitedUse] {
        (buckets?.limited(at: now) ?? []).map {
            LimitedUse(by: .user($0.key), why: limit, refusals: $0.refusals, wait: $0.wait)
        }
    }

    static func list(
        _ buckets: TokenBuckets<Network>?, _ limit: Limit, at now: MonotonicTime
    ) -> [LimitedUse] {
        (buckets?.limited(at: now) ?? []).map {
            LimitedUse(by: .address($0.key), why: limit, refusals: $0.refusals, wait: $0.wait)
        }
    }
}
