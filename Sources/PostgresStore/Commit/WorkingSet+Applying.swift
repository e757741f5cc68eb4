internal import Encoding
internal import Storage

extension WorkingSet {
    /// The largest number of changes of an incarnation. The next change begins another one.
    private static let changesMax = Int64(UInt32.max) - 1

    /// Applies a change that fits.
    mutating func apply(_ change: Change) {
        head.number += 1
        if head.number - head.begun >= Self.changesMax {
            head.incarnation = Incarnation(after: head.incarnation)
            head.begun = head.number - 1
        }
        writes.count += 1
        switch change {
        case .userAdded(let user): add(user)
        case .userInvited(let user, let digest):
            add(user)
            remove(invites: [digest])
        case .userChanged(let user): self.change(user)
        case .userRemoved(let id): removeUser(id)
        case .befriended(let one, let other, let time): befriend(one, other, at: time)
        case .parted(let one, let other): part(one, other)
        case .blocked(let one, let other):
            if areFriends(one, other) || areFriends(other, one) { part(one, other) }
            alter(Pair(other, one)) { $0.blocked = $1 }
        case .unblocked(let one, let other): alter(Pair(other, one)) { row, _ in row.blocked = nil }
        case .messageAdded(let message): add(message)
        case .messageReplaced(let id, _, let content):
            guard var row = message(id.key) else { return }
            row.message.reseal(content)
            put(row, at: id.key)
        case .messageDeleted(let tombstone): delete(tombstone)
        case .messagesRead(let reader, let other, let time): read(reader, other, upTo: time)
        case .keySeen, .keyForgotten: changeKeys(change)
        case .subscribed(let id, let subscription): subscribe(id, subscription)
        case .unsubscribed(let id, let endpoints): unsubscribe(id, endpoints)
        case .invitesAdded(let invites): add(invites: invites)
        case .invitesRemoved(let digests): remove(invites: digests)
        }
    }

    // MARK: Rows

    /// Alters a row, made where there is none. A new row comes with that of the other user, so that
    /// each can be found from the other.
    private mutating func alter(_ pair: Pair, _ body: (inout FriendRow, Int64) -> Void) {
        for pair in [pair, pair.reversed] where row(pair) == nil {
            rows[pair] = FriendRow(pair)
            writes.rows.insert(pair)
        }
        guard var row = row(pair) else { return }
        body(&row, head.number)
        rows[pair] = row
        writes.rows.insert(pair)
        listed[pair.user, default: []].insert(pair.friend)
    }

    /// Alters the rows of both users, which changes their contact lists.
    private mutating func alterBoth(
        _ one: UserID, _ other: UserID, _ body: (inout FriendRow, Int64) -> Void
    ) {
        for pair in Set([Pair(one, other), Pair(other, one)]) {
            alter(pair) { row, number in
                body(&row, number)
                row.changed = number
            }
            writes.touched.insert(userRow(pair.user)?.spelling ?? pair.user)
        }
    }

    private mutating func befriend(_ one: UserID, _ other: UserID, at time: Int64?) {
        let adding = one.key
        alterBoth(one, other) { row, number in
            row.blocked = nil
            row.former = nil
            row.contact = row.contact ?? number
            row.befriended = number
            row.addedAt = time
            row.addedByUser = time == nil ? nil : row.pair.user == adding
        }
    }

    private mutating func part(_ one: UserID, _ other: UserID) {
        alterBoth(one, other) { row, number in
            row.contact = nil
            row.former = row.former ?? number
        }
    }

    private mutating func read(_ reader: UserID, _ other: UserID, upTo time: Int64) {
        let pair = Pair(reader, other)
        writes.markers[pair] = readUpTo(by: reader, with: other)
        alterBoth(reader, other) { row, _ in
            if row.pair == pair { row.readUpTo = time }
            if row.pair == pair.reversed { row.friendReadUpTo = time }
        }
    }

    // MARK: Messages

    private mutating func add(_ message: StoredMessage) {
        let key = message.id.key
        let pair = Pair(message.senderId, message.receiverId)
        let talk = row(pair)?.talk ?? head.number
        head.messages += 1
        head.newest = max(head.newest, message.timestamp)
        messages[key] = MessageRow(talk: talk, number: head.number, message)
        usedIDs[key] = true
        loaded.messages.insert(key)
        writes.newMessages.append(key)
        if let photo = message.photo {
            photos[photo.id]?.state = .named
            writes.namedPhotos.append(photo.id)
        }
        writes.talks.formUnion([pair, pair.reversed])
        alterBoth(message.senderId, message.receiverId) { row, number in
            row.talk = talk
            row.talkChanged = number
            row.clock = message.timestamp
            row.lastNumber = number
            row.lastAt = message.timestamp
            row.lastOwn = row.pair.user == pair.user
            if row.pair.user == pair.user { row.sent += 1 }
            if row.pair.friend == pair.user {
                row.received += 1
                row.unread += 1
            }
        }
    }

    private mutating func delete(_ tombstone: StoredMessage) {
        guard var found = message(tombstone.id.key), let time = tombstone.deletedAt else { return }
        if let photo = found.message.photo {
            photos[photo.id]?.state = .removed
            writes.removedPhotos.append(photo.id)
        }
        found.message = tombstone
        put(found, at: tombstone.id.key)
        let pair = Pair(tombstone.senderId, tombstone.receiverId)
        head.newest = max(head.newest, time)
        writes.talks.formUnion([pair, pair.reversed])
        alterBoth(tombstone.senderId, tombstone.receiverId) { row, number in
            row.talkChanged = number
            row.clock = time
            row.deletedAt = time
            if row.pair.friend == pair.user, tombstone.timestamp > row.readUpTo { row.unread -= 1 }
        }
    }

    private mutating func put(_ row: MessageRow, at key: ByteText) {
        messages[key] = row
        if !writes.newMessages.contains(key) { writes.changedMessages.insert(key) }
    }

    // MARK: Users

    private mutating func add(_ user: User) {
        let row = UserRow(user, touched: head.number)
        users[row.key] = row
        names[row.name.caseFolded, default: []].append((row.name, row.key))
        listed[row.key] = []
        loaded.users.insert(row.key)
        loaded.wholeUsers.insert(row.key)
        loaded.subscriptions.insert(row.key)
        writes.newUsers.append(row.key)
        writes.touched.insert(row.spelling)
    }
}
