import Storage

/// The part of a conversation that a reader asks for.
package struct HistoryRange: Sendable, Hashable {
    /// The largest limit: the number of messages that one read of the store returns.
    package static let limitMax = MessageRange.limitMax

    /// Excludes messages up to this time, in milliseconds since 1970.
    package var after: Int64?
    /// Excludes messages from this time on, in milliseconds since 1970.
    package var before: Int64?
    /// Selects tombstones alone, deleted after this time, in the order of their deletion. It
    /// excludes `after` and `before`.
    package var deletedAfter: Int64?
    /// The largest number of messages, or nil for all.
    package var limit: Int?

    package init(
        after: Int64? = nil, before: Int64? = nil, deletedAfter: Int64? = nil, limit: Int? = nil
    ) {
        self.after = after
        self.before = before
        self.deletedAfter = deletedAfter
        self.limit = limit
    }

    /// Whether the answer ends with the newest message.
    package var reachesNewest: Bool {
        before == nil && deletedAfter == nil && (after == nil || limit == nil)
    }

    /// Whether pages of the range have been read. The rest follows them, oldest first.
    private var isBegun = false

    /// Whether a page keeps the newest messages of the range. A reader that catches up in pages
    /// needs the oldest first, or it would skip a page.
    var keepsNewest: Bool {
        !isBegun && limit != nil && (after == nil || before != nil) && deletedAfter == nil
    }

    /// Returns the range of the next page. A page ends at its limit of messages or of record bytes.
    ///
    /// - Parameter pageLimit: The limit of messages for a range without one.
    func page(limit pageLimit: Int, bytesMax: Int) -> MessageRange {
        var range = MessageRange(
            after: after, before: before, limit: limit ?? pageLimit, keepsNewest: keepsNewest,
            bytesMax: bytesMax)
        range.deletedAfter = deletedAfter
        return range
    }

    /// Removes the messages up to the end of that page from the range.
    mutating func `continue`(behind page: MessagePage) {
        isBegun = true
        if deletedAfter != nil {
            deletedAfter = page.lastDeletedAt ?? deletedAfter
        } else {
            after = page.lastTimestamp ?? after
        }
        limit = limit.map { $0 - page.count }
    }
}
