internal import Encoding

/// The store's state in memory: the durable state, and the pending changes on top of it.
final class MemoryState: FactSource {
    // A send reads both some twenty times. No access to them spans a call that reaches them again,
    // so the check of each would only cost time.
    /// The durable state. Recovery fills it. From then on only this class and its extensions change
    /// it.
    @exclusivity(unchecked) var index = Index()
    @exclusivity(unchecked) private var pending = PendingChanges()
    /// The number of pending messages.
    private var pendingMessages = 0
    /// See `ChatStore.observeChanges`.
    private var observer: (@Sendable (UserID) -> Void)?

    func observeChanges(_ observer: @escaping @Sendable (UserID) -> Void) {
        self.observer = observer
        index.notesTouched = true
    }

    // MARK: State with pending changes

    func user(_ id: UserID) -> User? {
        if let latest = pending.user(id) { return latest }
        return durableUser(id)
    }

    func hasUser(_ id: UserID) -> Bool {
        if let latest = pending.user(id) { return latest != nil }
        return index.users.number(of: id) != nil
    }

    func user(named name: ByteText) -> User? {
        let folded = name.caseFolded
        var similar: User?
        for user in pending.users where user.username.caseFolded == folded {
            if user.username == name { return user }
            similar = similar ?? user
        }
        if let user = untouched(index.users.number(namedExactly: name)) { return user }
        for number in index.users.numbers(foldedName: folded) {
            if let user = untouched(number) { return user }
        }
        return similar
    }

    func areFriends(_ one: UserID, _ other: UserID) -> Bool {
        if let latest = pending.user(one) { return latest?.contacts.contains(other) ?? false }
        return index.users.areFriends(one, other)
    }

    func isBlocked(_ one: UserID, by other: UserID) -> Bool {
        if let latest = pending.user(other) { return latest?.blocked.contains(one) ?? false }
        return index.users.isBlocked(one, by: other)
    }

    func lastTimestamp(in conversation: Conversation) -> Int64? {
        pending.timestamp(in: conversation) ?? index.lastTimestamp(in: conversation)
    }

    func isUsed(_ id: MessageID) -> Bool {
        pending.isUsed(id) || index.messages.isUsed(id.hash)
    }

    var newestTimestamp: Int64 { max(index.newestTimestamp, pending.newestTimestamp) }

    var knownKeys: [Int: ByteText] {
        var keys = index.knownKeys
        for (version, fingerprint) in pending.keys { keys[version] = fingerprint }
        return keys
    }

    var messageCount: Int { index.messageCount + pendingMessages }

    var subscriptionCount: Int {
        pending.allUsers.reduce(index.users.endpoints.count) { count, entry in
            let before = index.users.number(of: entry.id).map { index.users[$0].subscriptions }
            return count + (entry.user?.subscriptions.count ?? 0) - (before?.count ?? 0)
        }
    }

    func invite(_ digest: ByteText) -> Invite? {
        let expiry = pending.invite(digest) ?? index.invites[digest]
        return expiry.map { Invite(digest: digest, expiresAt: $0) }
    }

    var invites: [Invite] {
        Self.list(index.invites.merging(pending.invites.compactMapValues(\.self)) { $1 })
            .filter { invite($0.digest) != nil }
    }

    /// Returns whether a change to this message is pending.
    func waits(for id: MessageID) -> Bool { pending.isUsed(id) }

    // MARK: Applying changes

    /// Adds a change without a problem to the pending changes.
    func expect(_ change: Change, sequence: UInt64) {
        switch change {
        case .userAdded(let user): pending.set(user, for: user.id, sequence)
        case .userInvited(let user, let digest):
            pending.set(user, for: user.id, sequence)
            pending.set(nil, forInvite: digest, sequence)
        case .userChanged(let new):
            guard var user = user(new.id) else { return }
            user.username = new.username
            user.password = new.password
            if user.epoch != new.epoch { user.subscriptions = PushSubscriptions() }
            user.epoch = new.epoch
            pending.set(user, for: user.id, sequence)
        case .userRemoved(let id):
            for other in users(naming: id) { expect(other, sequence) { $0.forget(id) } }
            pending.set(nil, for: id, sequence)
        case .befriended(let one, let other, _):
            for (id, friend) in [(one, other), (other, one)] {
                expect(id, sequence) { user in
                    if !user.contacts.contains(friend) { user.contacts.append(friend) }
                    user.blocked.removeAll { $0 == friend }
                    user.formerFriends.removeAll { $0 == friend }
                }
            }
        case .parted(let one, let other): expectParting(one, other, sequence)
        case .blocked(let one, let other):
            if areFriends(one, other) || areFriends(other, one) {
                expectParting(one, other, sequence)
            }
            expect(other, sequence) { $0.blocked.append(one) }
        case .unblocked(let one, let other):
            expect(other, sequence) { user in user.blocked.removeAll { $0 == one } }
        case .messageAdded(let message):
            expect(message, at: message.timestamp, sequence)
            pendingMessages += 1
        case .messageDeleted(let tombstone):
            expect(tombstone, at: tombstone.deletedAt ?? .min, sequence)
        case .messageReplaced(let id, _, _): pending.setUsed(id, sequence)
        case .messagesRead: return
        case .keySeen(let version, let fingerprint):
            pending.set(fingerprint, forKey: version, sequence)
        case .keyForgotten(let version): pending.set(nil, forKey: version, sequence)
        case .subscribed(let id, let subscription):
            for owner in users(subscribedTo: subscription.endpoint) where owner != id {
                expect(owner, sequence) { $0.subscriptions.remove([subscription.endpoint]) }
            }
            expect(id, sequence) { $0.subscriptions.add(subscription) }
        case .unsubscribed(let id, let endpoints):
            expect(id, sequence) { $0.subscriptions.remove(endpoints) }
        case .invitesAdded(let invites):
            for invite in invites {
                pending.set(invite.expiresAt, forInvite: invite.digest, sequence)
            }
        case .invitesRemoved(let digests):
            for digest in digests { pending.set(nil, forInvite: digest, sequence) }
        }
    }

    /// Applies a durable change or a read marker, and returns its number, which is the next one.
    ///
    /// - Parameters:
    ///   - message: The number of the message that is replaced or deleted.
    ///   - address: The address of the record that is added, replaced or left.
    @discardableResult
    func confirm(_ change: Change, message: UInt32?, at address: Address?) -> UInt32 {
        index.beginChange()
        apply(change, message: message, at: address)
        if let observer {
            for number in index.takeTouched() { observer(index.users[number].id) }
        }
        return index.lastRevision
    }

    /// Applies a change that has its number already. The parameters are those of `confirm`.
    func apply(_ change: Change, message: UInt32?, at address: Address?) {
        switch change {
        case .userAdded(let user): index.addUser(user)
        case .userInvited(let user, let digest):
            index.addUser(user)
            index.removeInvite(digest)
        case .userChanged(let user):
            if let number = index.users.number(of: user.id) { index.changeUser(number, to: user) }
        case .userRemoved(let id):
            if let number = index.users.number(of: id) { index.removeUser(number) }
        case .befriended(let one, let other, let time):
            withNumbers(one, other) { index.befriend($0, $1, at: time) }
        case .parted(let one, let other):
            withNumbers(one, other) { index.part($0, $1) }
        case .blocked(let one, let other):
            withNumbers(one, other) { index.block($0, by: $1) }
        case .unblocked(let one, let other):
            withNumbers(one, other) { index.unblock($0, by: $1) }
        case .messageAdded(let message):
            pendingMessages -= 1
            guard let sender = index.users.number(of: message.senderId),
                let receiver = index.users.number(of: message.receiverId), let address
            else { return }
            index.addMessage(
                hash: message.id.hash, from: sender, to: receiver, timestamp: message.timestamp,
                photo: message.photo?.id, at: address)
        case .messageReplaced:
            if let message, let address { index.moveMessage(message, to: address) }
        case .messageDeleted(let tombstone):
            guard let message, let address, let deletedAt = tombstone.deletedAt else { return }
            index.deleteMessage(message, at: deletedAt, to: address)
        case .messagesRead(let reader, let other, let time):
            guard let user = index.users.number(of: reader),
                let conversation = index.users.number(of: Conversation(reader, other))
            else { return }
            index.markRead(by: user, in: conversation, upTo: time)
        case .keySeen(let version, let fingerprint):
            index.addKey(version: version, fingerprint: fingerprint)
        case .keyForgotten(let version): index.removeKey(version: version)
        case .subscribed(let id, let subscription): subscribe(id, subscription)
        case .unsubscribed(let id, let endpoints): unsubscribe(id, endpoints)
        case .invitesAdded(let invites):
            for invite in invites { index.addInvite(invite.digest, expiresAt: invite.expiresAt) }
        case .invitesRemoved(let digests):
            for digest in digests { index.removeInvite(digest) }
        }
    }

    /// Lowers the newest timestamp. Sessions are never judged by an earlier time.
    func lowerNewestTimestamp(to timestamp: Int64) {
        index.lowerNewestTimestamp(to: timestamp)
        pending.lowerNewestTimestamp(to: timestamp)
    }

    /// Forgets the pending changes up to this one, because they are durable.
    func settle(through sequence: UInt64) {
        pending.settle(through: sequence)
    }

    /// Forgets all pending changes, because their writes failed.
    func drop() {
        pending = PendingChanges()
        pendingMessages = 0
    }

    private func withNumbers(_ one: UserID, _ other: UserID, _ body: (UInt32, UInt32) -> Void) {
        guard let one = index.users.number(of: one), let other = index.users.number(of: other)
        else { return }
        body(one, other)
    }

    /// Users who have this one in a list of theirs.
    private func users(naming id: UserID) -> Set<UserID> {
        let numbers = index.users.number(of: id).map { index.users.numbers(naming: $0) } ?? []
        return Set(numbers.map { index.users[$0].id })
            .union(pending.users.filter { $0.names(id) }.map(\.id))
    }

    private func users(subscribedTo endpoint: ByteText) -> [UserID] {
        let owner = index.users.endpoints.owner(of: endpoint).map { index.users[$0].id }
        return (owner.map { [$0] } ?? [])
            + pending.users.filter { $0.subscriptions.contains(endpoint) }.map(\.id)
    }

    private func expectParting(_ one: UserID, _ other: UserID, _ sequence: UInt64) {
        for (id, friend) in [(one, other), (other, one)] {
            expect(id, sequence) { user in
                user.contacts.removeAll { $0 == friend }
                if !user.formerFriends.contains(friend) { user.formerFriends.append(friend) }
            }
        }
    }

    private func expect(_ message: StoredMessage, at time: Int64, _ sequence: UInt64) {
        let last = lastTimestamp(in: message.conversation) ?? .min
        let followsFuture = index.followsFuture(time, after: last, newest: newestTimestamp)
        pending.add(message, setsTime: !followsFuture, sequence)
    }

    private func expect(_ id: UserID, _ sequence: UInt64, _ change: (inout User) -> Void) {
        guard var user = user(id) else { return }
        change(&user)
        pending.set(user, for: id, sequence)
    }

    // MARK: Durable state

    func durableInvite(_ digest: ByteText) -> Invite? {
        index.invites[digest].map { Invite(digest: digest, expiresAt: $0) }
    }

    var durableInvites: [Invite] { Self.list(index.invites) }

    private static func list(_ invites: [ByteText: Int64]) -> [Invite] {
        invites.map { Invite(digest: $0.key, expiresAt: $0.value) }
            .sorted { ($0.expiresAt, $0.digest) < ($1.expiresAt, $1.digest) }
    }

    /// Returns the user of this number, or nil if a pending change touches the user. The caller has
    /// checked the pending users already.
    private func untouched(_ number: UInt32?) -> User? {
        guard let number else { return nil }
        let user = index.users.user(number)
        return pending.user(user.id) == nil ? user : nil
    }
}
