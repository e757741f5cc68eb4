import HTTP

/// The parameters of a poll of the friends list, read strictly.
struct FriendsQuery {
    /// The longest time that a poll may be held, in seconds.
    static let secondsMax: Int64 = 25

    /// Selects what has changed since this cursor. Nil selects the whole list.
    private(set) var since: UInt64?
    /// Whether rows have the content of their last messages.
    private(set) var hasPreview = false
    /// The time for which an answer that would be empty may be held.
    private(set) var wait: Duration?

    init(_ query: Query) throws(APIFault) {
        // Most clients of an earlier version poll without parameters.
        if query.isEmpty { return }
        let query = RequestQuery(query)
        since = try query.number("since", in: 0...Int64.max).map { UInt64($0) }
        hasPreview = try query.number("preview", in: 0...1) == 1
        let seconds = try query.number("wait", in: 1...Self.secondsMax)
        if since != nil { wait = seconds.map { .seconds($0) } }
    }
}
