/// Friendships and blocks. The caller has checked them.
extension Index {
    /// See `Change.befriended`.
    mutating func befriend(_ one: UInt32, _ other: UInt32, at time: Int64?) {
        users.befriend(one, other)
        users.befriend(other, one)
        let conversation = conversation(one, other)
        let adding = one < other ? RowTable.Adding.byFirst : .bySecond
        rows.befriend(
            conversation, time == nil ? .unknown : adding, at: time ?? 0, change: lastRevision)
        touchRows(in: conversation)
    }

    /// Ends a friendship. Both users stay on each other's list of former friends.
    mutating func part(_ one: UInt32, _ other: UInt32) {
        users.part(one, other)
        touchRows(in: conversation(one, other))
    }

    mutating func block(_ one: UInt32, by other: UInt32) {
        if users.areContacts(one, other) { part(one, other) }
        users.block(one, by: other)
    }

    mutating func unblock(_ one: UInt32, by other: UInt32) { users.unblock(one, by: other) }
}
