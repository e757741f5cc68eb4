/// The messages of a conversation that a page holds.
package struct MessageRange: Sendable, Hashable {
    /// The largest number of messages of a page.
    package static let limitMax = 500

    /// Excludes messages up to this time, in milliseconds since 1970.
    package var after: Int64?
    /// Excludes messages from this time on, in milliseconds since 1970.
    package var before: Int64?
    /// Selects tombstones alone, deleted after this time, in the order of their deletion. `after`,
    /// `before` and `keepsNewest` do not count then.
    package var deletedAfter: Int64?
    package var limit: Int
    /// Whether the page keeps the newest `limit` messages, and not the oldest.
    package var keepsNewest: Bool
    /// The page ends before the message whose record exceeds this many bytes. It holds at least one
    /// message.
    package var bytesMax: Int

    package init(
        after: Int64? = nil, before: Int64? = nil, limit: Int = limitMax,
        keepsNewest: Bool = false, bytesMax: Int = .max
    ) {
        self.after = after
        self.before = before
        self.limit = limit
        self.keepsNewest = keepsNewest
        self.bytesMax = bytesMax
    }
}

/// The point at which a scan of all messages continues. Only the store that made it can read it.
package struct ScanCursor: Sendable, Equatable {
    package let place: Int64

    package init(_ place: Int64) {
        self.place = place
    }
}
