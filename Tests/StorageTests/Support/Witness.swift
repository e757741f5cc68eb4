import Synchronization

@testable import Storage

/// Records the requests to a store and its answers. After a crash at any moment the store's
/// contents are compared with them.
final class Witness: Sendable {
    struct Entry: Sendable {
        let change: Change
        var isAnswered = false
    }

    /// The disk as it was before a call, with what had been promised by then.
    struct Moment: Sendable {
        let disk: SimulatedDisk.State
        let operation: SimulatedDisk.Operation
        /// The result of all finished batches.
        let model: PlainModel
        /// Changes of the batch under way, in the order in which they were decided.
        let batch: [Entry]
    }

    private struct State {
        var model = PlainModel()
        var batch: [Entry] = []
        var moments: [Moment] = []
    }

    private let state = Mutex(State())

    var model: PlainModel { state.withLock { $0.model } }

    /// Goes back to what had been promised at a moment.
    func returnTo(_ moment: Moment) {
        state.withLock { $0 = State(model: moment.model, batch: moment.batch) }
    }

    /// A store has been opened and shows this: from now on it is promised.
    func found(_ model: PlainModel) {
        state.withLock { state in
            state.model = model
            state.batch = []
        }
    }

    /// To be called where the change is decided; returns its number in the batch.
    func decided(_ change: Change) -> Int {
        state.withLock { state in
            state.batch.append(Entry(change: change))
            return state.batch.count - 1
        }
    }

    func answered(_ number: Int) {
        state.withLock { $0.batch[number].isAnswered = true }
    }

    func endBatch() {
        state.withLock { state in
            for entry in state.batch { state.model.apply(entry.change) }
            state.batch = []
        }
    }

    /// Remembers the disk before each of its calls. A stop at a call that only looks is the same
    /// as one at the next that changes something.
    func watch(_ disk: SimulatedDisk) {
        disk.disturb { [unowned disk] operation in
            switch operation.call {
            case .open, .openFolder, .list, .read, .length, .lock: return nil
            case .create, .makeFolder, .removeFolder, .rename, .unlink, .syncFolder, .write, .sync,
                .truncate:
                self.state.withLock { state in
                    let moment = Moment(
                        disk: disk.state.withLock { $0 }, operation: operation,
                        model: state.model, batch: state.batch)
                    state.moments.append(moment)
                }
                return nil
            }
        }
    }

    /// Hands out the moments since the last call of this.
    func takeMoments() -> [Moment] {
        state.withLock { state in
            defer { state.moments = [] }
            return state.moments
        }
    }
}

extension Witness.Moment {
    /// Returns the problem of a store that was found after a crash at this moment; nil if it is
    /// right. All answered changes must be there, others whole or absent, in their order.
    func problem(with found: PlainModel) -> String? {
        var expected = model
        var isCutShort = false
        for entry in batch {
            let isThere = found.shows(entry.change)
            if entry.isAnswered, !isThere { return "lost \(entry.change)" }
            if isThere, isCutShort { return "an earlier change is missing: \(entry.change)" }
            if !isThere { isCutShort = true }
            if isThere { expected.apply(entry.change) }
        }
        return found == expected ? nil : "found \(found), expected \(expected)"
    }
}

extension PlainModel {
    /// Whether a change that meant something has happened.
    func shows(_ change: Change) -> Bool {
        switch change {
        case .userAdded(let user): users[user.id] != nil
        case .userInvited(let user, let digest):
            users[user.id] != nil && invites[digest] == nil
        case .userChanged(let user): users[user.id]?.password == user.password
        case .userRemoved(let id): users[id] == nil
        case .befriended(let one, let other, _): users[one]?.contacts.contains(other) == true
        case .parted(let one, let other): users[one]?.contacts.contains(other) == false
        case .blocked(let one, let other): users[other]?.blocked.contains(one) == true
        case .unblocked(let one, let other): users[other]?.blocked.contains(one) == false
        case .messageAdded(let message): messages[message.id] != nil
        case .messageReplaced(let id, _, let content): messages[id]?.content == content
        case .messageDeleted(let tombstone): messages[tombstone.id]?.isDeleted == true
        case .messagesRead: false
        case .keySeen(let version, let fingerprint): keys[version] == fingerprint
        case .keyForgotten(let version): keys[version] == nil
        case .subscribed(let id, let subscription):
            users[id]?.subscriptions.list.contains(subscription) == true
        case .unsubscribed(let id, let endpoints):
            endpoints.allSatisfy { users[id]?.subscriptions.contains($0) == false }
        case .invitesAdded(let added):
            added.allSatisfy { invites[$0.digest] == $0.expiresAt }
        case .invitesRemoved(let digests): digests.allSatisfy { invites[$0] == nil }
        }
    }
}
