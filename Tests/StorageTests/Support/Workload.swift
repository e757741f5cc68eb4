import EventLoop
import TestSupport

@testable import Storage

/// Random changes by concurrent writers on a watched disk, with folds and restarts between.
struct Workload {
    static let names = (0..<6).map { "u\($0)" }
    private static let writersMax = 8

    let loop: EventLoop
    let witness = Witness()
    var random: SeededGenerator
    private(set) var disk = SimulatedDisk()
    private var store: JSONStore
    private var number = 0

    init(_ loop: EventLoop, seed: UInt64) async throws {
        self.loop = loop
        random = SeededGenerator(seed: seed)
        witness.watch(disk)
        store = try await JSONStore.open(disk, loop)
    }

    /// One batch of changes that touch different things, all answered by the time this returns.
    mutating func runBatch() async throws {
        let changes = batch()
        let folds = Int.random(in: 0..<6, using: &random) == 0
        let writesMarkers = Int.random(in: 0..<4, using: &random) == 0
        try await withThrowingTaskGroup(of: Void.self) { [store, witness, loop] group in
            for change in changes {
                group.addTask(executorPreference: loop) {
                    try await Self.commit(change, to: store, witness)
                }
            }
            if folds { group.addTask(executorPreference: loop) { try await store.fold() } }
            try await group.waitForAll()
        }
        if writesMarkers { await store.commits.writeMarkers() }
        witness.endBatch()
    }

    /// Ends the process as the next number says, and starts it again.
    mutating func restartSometimes() async throws {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: await store.close()
        case 1: disk = disk.afterKill()
        default: return
        }
        witness.watch(disk)
        store = try await JSONStore.open(disk, loop)
    }

    /// Goes on from a disk found after a crash at a moment, which is known to hold this.
    mutating func go(
        on found: SimulatedDisk.State, after moment: Witness.Moment, holding model: PlainModel
    ) async throws {
        disk = SimulatedDisk(found)
        witness.returnTo(moment)
        witness.watch(disk)
        store = try await JSONStore.open(disk, loop)
        witness.found(model)
    }

    /// Returns the contents of a store; nil if its count of messages is wrong.
    static func contents(of store: JSONStore) async throws -> PlainModel? {
        let model = try await PlainModel(of: store, users: names)
        let counted = await store.messageCount
        return counted == model.messages.count ? model : nil
    }

    private static func commit(
        _ change: Change, to store: JSONStore, _ witness: Witness
    ) async throws {
        // A crash may lose it, so nothing is promised.
        if case .messagesRead = change { return try await store.commit(change) }
        let needs: [Fact] =
            switch change {
            case .messageAdded(let message): [.lastTimestamp(message.conversation)]
            case .messageReplaced(let id, _, _): [.message(id)]
            case .messageDeleted(let tombstone):
                [.message(tombstone.id), .lastTimestamp(tombstone.conversation)]
            default: []
            }
        let number = try await store.commit(reading: needs) { facts in
            var change = change
            if case .messageAdded(let wanted) = change {
                // Two of a batch may be of one conversation.
                let last = facts.lastTimestamp(in: wanted.conversation) ?? 0
                change = .messageAdded(
                    StoredMessage(
                        id: wanted.id, senderId: wanted.senderId, receiverId: wanted.receiverId,
                        content: wanted.content, timestamp: max(wanted.timestamp, last + 1),
                        replyTo: wanted.replyTo, photo: wanted.photo))
            }
            if case .messageDeleted(let wanted) = change, let message = facts.message(wanted.id) {
                let last = facts.lastTimestamp(in: wanted.conversation) ?? 0
                let time = max(wanted.deletedAt ?? 0, last + 1)
                change = .messageDeleted(message.tombstone(at: time))
            }
            return (change, witness.decided(change))
        }
        witness.answered(number)
    }

    private mutating func batch() -> [Change] {
        let model = witness.model
        var changes: [Change] = []
        var touched: Set<String> = []
        for _ in 0..<Int.random(in: 1...Self.writersMax, using: &random) {
            number += 1
            guard
                let change = model.randomChange(Self.names, number: number, using: &random),
                !model.shows(change), touched.insert(change.subject).inserted
            else { continue }
            // One of them may be what a user is added by.
            if case .userInvited = change, !touched.insert("invites").inserted { continue }
            // A new epoch ends the user's subscriptions.
            if case .userChanged = change, !touched.insert("subscriptions").inserted { continue }
            // It takes others' messages and contacts along: what was under way beside it could
            // not be told apart.
            if case .userRemoved = change {
                if changes.isEmpty { return [change] }
                continue
            }
            changes.append(change)
        }
        return changes
    }
}

extension Change {
    /// The subject of a change. Two changes of one batch must not share it.
    fileprivate var subject: String {
        switch self {
        case .userAdded(let user), .userInvited(let user, _), .userChanged(let user):
            "user \(user.id)"
        case .userRemoved(let id): "user \(id)"
        case .befriended(let one, let other, _), .parted(let one, let other),
            .blocked(let one, let other), .unblocked(let one, let other):
            "friends \([one.text, other.text].sorted())"
        case .messageAdded(let message): "message \(message.id)"
        case .messageReplaced(let id, _, _): "message \(id)"
        case .messageDeleted(let tombstone): "message \(tombstone.id)"
        case .messagesRead(let reader, let other, _): "marker \(reader) \(other)"
        case .keySeen(let version, _), .keyForgotten(let version): "key \(version)"
        // One of them may take another's endpoint, or end all subscriptions of a user.
        case .subscribed, .unsubscribed: "subscriptions"
        case .invitesAdded, .invitesRemoved: "invites"
        }
    }
}
