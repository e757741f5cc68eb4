/// The last change of each row of each user's contact list. Rows can be read in the order of their
/// changes, so an answer since a cursor costs nothing for unchanged rows.
struct RowTable: ~Copyable {
    /// The two rows that two users have of each other, except their messages.
    struct Pair: Sendable, Equatable {
        /// The last change of the row that the user of the lower number has.
        var changedForFirst: UInt32 = 0
        /// The last change of the row that the user of the higher number has.
        var changedForSecond: UInt32 = 0
        /// The change that made them friends. 0 if it is unknown.
        var befriended: UInt32 = 0
        var adding = Adding.unknown
        /// In milliseconds since 1970. It is valid if `adding` is known.
        var addedAt: Int64 = 0

        func changed(forSecond: Bool) -> UInt32 {
            forSecond ? changedForSecond : changedForFirst
        }

        fileprivate mutating func set(_ changed: UInt32, forSecond: Bool) {
            if forSecond { changedForSecond = changed } else { changedForFirst = changed }
        }
    }

    /// The user who added the other.
    enum Adding: UInt8, Sendable {
        case unknown, byFirst, bySecond
    }

    private struct Entry {
        let changed: UInt32
        /// The conversation's number. The lowest bit tells whether the row is that of its second
        /// user.
        let place: UInt32
    }

    /// The changes of one user's rows, oldest first. An entry counts if the row has not changed
    /// again.
    private struct Log {
        private static let slack = 16

        var entries: [Entry] = []
        /// The number of entries at which those that do not count are removed.
        private var countMax = slack

        mutating func append(_ entry: Entry, where counts: (Entry) -> Bool) {
            if entries.count >= countMax {
                entries.removeAll { !counts($0) }
                countMax = 2 * entries.count + Self.slack
            }
            entries.append(entry)
        }
    }

    /// By the number of the conversation.
    private(set) var pairs = ChunkedArray<Pair>()
    /// By the number of the user.
    private var logs: [Log] = []
    /// By the number of the user: the oldest change that a cursor may name. The removal of an
    /// account raises it for everybody who may have seen a row of that account.
    private(set) var oldestCursors: [UInt32] = []

    init() {}

    func pair(_ conversation: UInt32) -> Pair {
        conversation < pairs.count ? pairs[Int(conversation)] : Pair()
    }

    func oldestCursor(of user: UInt32) -> UInt32 {
        user < oldestCursors.count ? oldestCursors[Int(user)] : 0
    }

    /// Returns the conversations whose rows have changed after that change, the latest first.
    func conversations(of user: UInt32, after change: UInt32) -> [UInt32] {
        guard user < logs.count else { return [] }
        var found: [UInt32] = []
        for entry in logs[Int(user)].entries.reversed() {
            if entry.changed <= change { break }
            if counts(entry) { found.append(entry.place >> 1) }
        }
        return found
    }

    /// Records a change of a user's row.
    mutating func touch(_ conversation: UInt32, forSecond: Bool, of user: UInt32, at change: UInt32)
    {
        while pairs.count <= conversation { pairs.append(Pair()) }
        guard pairs[Int(conversation)].changed(forSecond: forSecond) != change else { return }
        pairs[Int(conversation)].set(change, forSecond: forSecond)
        while logs.count <= user { logs.append(Log()) }
        // A pass over the entries reads the pairs, so the log is taken out of the table meanwhile.
        var log = Log()
        swap(&log, &logs[Int(user)])
        let place = conversation << 1 | (forSecond ? 1 : 0)
        log.append(Entry(changed: change, place: place)) { counts($0) }
        swap(&log, &logs[Int(user)])
    }

    mutating func befriend(
        _ conversation: UInt32, _ adding: Adding, at time: Int64, change: UInt32
    ) {
        while pairs.count <= conversation { pairs.append(Pair()) }
        pairs[Int(conversation)].befriended = change
        pairs[Int(conversation)].adding = adding
        pairs[Int(conversation)].addedAt = time
    }

    /// Forgets the rows of a conversation whose number may be used again.
    mutating func remove(_ conversation: UInt32) {
        if conversation < pairs.count { pairs[Int(conversation)] = Pair() }
    }

    mutating func removeUser(_ user: UInt32) {
        if user < logs.count { logs[Int(user)] = Log() }
    }

    mutating func setOldestCursor(_ change: UInt32, of user: UInt32) {
        while oldestCursors.count <= user { oldestCursors.append(0) }
        oldestCursors[Int(user)] = change
    }

    /// Sorts the rows of a snapshot, which were not added in the order of their changes.
    mutating func sort() {
        for user in logs.indices { logs[user].entries.sort { $0.changed < $1.changed } }
    }

    private func counts(_ entry: Entry) -> Bool {
        pair(entry.place >> 1).changed(forSecond: entry.place & 1 == 1) == entry.changed
    }
}
