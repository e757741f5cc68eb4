/// Which messages of a conversation a page holds.
package struct MessageRange: Sendable, Hashable {
    /// How many messages a page has at most.
    package static let limitMax = 500

    /// Only messages later than this, in milliseconds since 1970.
    package var after: Int64?
    /// Only messages earlier than this.
    package var before: Int64?
    package var limit: Int
    /// Whether of more messages than `limit` the newest are meant, and not the oldest.
    package var keepsNewest: Bool
    /// The page ends before the message whose record passes this many bytes; it has one at least.
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
