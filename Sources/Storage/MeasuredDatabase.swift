/// A store in a database that tells about itself without reading its records.
package protocol MeasuredDatabase: AnyObject, Sendable {
    /// The counts of this process's writes. A group is a transaction; folds there are none.
    nonisolated var counts: StoreCounts { get }
    /// Returns the size of the database, or nil while it does not answer. An answer may be a minute
    /// old.
    func size() async -> DatabaseSize?
}

/// The size of a store in a database.
package struct DatabaseSize: Sendable {
    /// Exact up to `usersCountedMax`, and an estimate of the database's own beyond.
    package let users: Int
    package let messages: Int
    /// Nil if the engine does not tell the bytes of a database, with its indexes.
    package let bytes: Int?
    /// The seconds since the database handed over a segment of its log for backup; nil if it never
    /// did, or does not tell.
    package let archiveAge: Int64?

    package static let usersCountedMax = 1_000

    package var usersAreEstimated: Bool { users > Self.usersCountedMax }

    package init(users: Int, messages: Int, bytes: Int?, archiveAge: Int64?) {
        self.users = users
        self.messages = messages
        self.bytes = bytes
        self.archiveAge = archiveAge
    }
}
