internal import Encoding

/// The rows of contact lists.
extension Index {
    /// Returns what has changed in a user's contact list since a cursor, or nil if there is no such
    /// user. A cursor of 0 precedes every change.
    func contactChanges(of id: UserID, since cursor: UInt64) -> ContactChanges? {
        guard let user = users.number(of: id) else { return nil }
        if cursor == 0 { return .changes(contacts(of: user), removed: []) }
        guard let change = incarnation.change(of: cursor), change >= rows.oldestCursor(of: user),
            change <= lastChange(of: user)
        else { return .unknownCursor }
        var changed: [ContactSummary] = []
        var removed: [ContactChanges.Removed] = []
        let conversations = rows.conversations(of: user, after: change)
        let contacts = Membership(users.slots[Int(user)].contacts, asked: conversations.count)
        let former = Membership(users.slots[Int(user)].formerFriends, asked: conversations.count)
        for conversation in conversations {
            let partner = partner(of: user, in: conversation)
            if contacts.contains(partner) {
                changed.append(summary(partner, of: user))
            } else if former.contains(partner) {
                let change = rows.pair(conversation).changed(forSecond: partner < user)
                removed.append(
                    .init(id: users[partner].id, changed: incarnation.revision(change)))
            }
        }
        return .changes(changed.sortedByConversation(), removed: removed)
    }

    private func partner(of user: UInt32, in conversation: UInt32) -> UInt32 {
        let first = conversations.first(of: conversation)
        return first == user ? conversations.second(of: conversation) : first
    }

    /// The last change that altered the user's contact list.
    func lastChange(of user: UInt32) -> UInt32 {
        user < userRevisions.count ? userRevisions[Int(user)] : 0
    }

    // MARK: Changing

    /// Records a change of the rows that the two users of a conversation have of each other.
    mutating func touchRows(in conversation: UInt32) {
        let (first, second) = (
            conversations.first(of: conversation), conversations.second(of: conversation)
        )
        touchRow(of: first, in: conversation)
        if second != first { touchRow(of: second, in: conversation) }
    }

    /// Records a change of the row that one user has of the other.
    mutating func touchRow(of user: UInt32, in conversation: UInt32) {
        touch(user)
        let isSecond = conversations.first(of: conversation) != user
        rows.touch(conversation, forSecond: isSecond, of: user, at: lastRevision)
    }

    /// Makes every cursor of this user unknown, because an account is gone that may not be named.
    ///
    /// A list that is read again has to give a cursor that is known. So no row states an earlier
    /// change than the oldest cursor: see `summary`.
    mutating func forgetCursors(of user: UInt32) {
        rows.setOldestCursor(lastRevision, of: user)
    }

    /// Takes a row from a snapshot. `sortRows` follows the last one.
    mutating func setRow(_ row: RecordedRow, of user: UInt32, in conversation: UInt32) {
        let isFirst = conversations.first(of: conversation) == user
        rows.touch(conversation, forSecond: !isFirst, of: user, at: row.changed)
        guard row.befriended > 0 || row.addedAt != nil else { return }
        let adding: RowTable.Adding =
            row.addedAt == nil ? .unknown : row.isAddedByUser == isFirst ? .byFirst : .bySecond
        rows.befriend(conversation, adding, at: row.addedAt ?? 0, change: row.befriended)
    }

    mutating func sortRows() { rows.sort() }
}

/// Answers whether numbers are in a list. Many questions get a hash table, so that their cost is
/// not the product of both counts.
private enum Membership {
    case list([UInt32])
    case table(Set<UInt32>)

    init(_ numbers: [UInt32], asked count: Int) {
        self = count > 16 ? .table(Set(numbers)) : .list(numbers)
    }

    func contains(_ number: UInt32) -> Bool {
        switch self {
        case .list(let numbers): numbers.contains(number)
        case .table(let numbers): numbers.contains(number)
        }
    }
}

extension [ContactSummary] {
    /// Returns the rows with the latest conversation first. Those without a message come last, by
    /// name.
    func sortedByConversation() -> [ContactSummary] {
        sorted { one, other in
            switch (one.lastMessage, other.lastMessage) {
            case (.some, .some): return one.order > other.order
            case (.some, nil): return true
            case (nil, .some): return false
            case (nil, nil): break
            }
            return (one.username.caseFolded, one.username)
                < (other.username.caseFolded, other.username)
        }
    }
}
