import Storage

/// Which part of a conversation is asked for.
package struct HistoryRange: Sendable, Hashable {
    /// What the store gives at once: a page is one read.
    package static let limitMax = MessageRange.limitMax

    /// Only what is newer, in milliseconds since 1970.
    package var after: Int64?
    /// Only what is older.
    package var before: Int64?
    /// At most so many; nil for all.
    package var limit: Int?

    package init(after: Int64? = nil, before: Int64? = nil, limit: Int? = nil) {
        self.after = after
        self.before = before
        self.limit = limit
    }

    /// Whether pages of it have been read: the rest follows them, oldest first.
    private var isBegun = false

    /// Someone who catches up in pages needs the oldest first, or a page would be skipped.
    var keepsNewest: Bool { !isBegun && limit != nil && (after == nil || before != nil) }

    /// Returns the range of the next page. A page ends at its limit of messages or of record bytes.
    ///
    /// - Parameter pageLimit: The limit of messages where the range has none.
    func page(limit pageLimit: Int, bytesMax: Int) -> MessageRange {
        MessageRange(
            after: after, before: before, limit: limit ?? pageLimit, keepsNewest: keepsNewest,
            bytesMax: bytesMax)
    }

    /// Leaves what follows that page.
    mutating func `continue`(behind page: MessagePage) {
        isBegun = true
        after = page.lastTimestamp ?? after
        limit = limit.map { $0 - page.count }
    }
}
