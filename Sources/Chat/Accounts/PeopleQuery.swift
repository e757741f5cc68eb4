package import Encoding
package import Storage

/// A part of all users, for the operator.
package struct PeopleQuery: Sendable {
    package enum Order: String, Sendable, CaseIterable {
        case name, friends, messages, bytes, since, seen
    }

    /// A part of the name, regardless of case.
    package var search: ByteText?
    /// Excludes names up to this one. It needs the order of the names.
    package var after: ByteText?
    package var limit: Int?
    /// The names are in the order of their bytes. In every other order the most, or the latest,
    /// comes first.
    package var order = Order.name

    package init() {}

    /// Returns the users that are asked for. The cost grows with the number of all users, so call
    /// it on a thread of its own.
    package func select(from users: [UserActivity]) -> [UserActivity] {
        let part = search?.caseFolded
        let found = users.filter { user in
            if let after, user.username <= after { return false }
            guard let part else { return true }
            return user.username.caseFolded.contains(part)
        }
        return Array(found.sorted(by: precedes).prefix(limit ?? .max))
    }

    private func precedes(_ one: UserActivity, _ other: UserActivity) -> Bool {
        let (first, second) = (rank(of: one), rank(of: other))
        return first == second ? one.username < other.username : first > second
    }

    private func rank(of user: UserActivity) -> Int64 {
        switch order {
        case .name: 0
        case .friends: Int64(user.friendCount)
        case .messages: Int64(user.messageCount)
        case .bytes: user.bytes ?? 0
        case .since: user.firstAt ?? 0
        case .seen: user.lastAt ?? 0
        }
    }
}
