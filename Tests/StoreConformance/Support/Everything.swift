import Encoding
import Storage

/// All that a store tells of these people, to be compared with another time or another store.
struct Everything: Equatable, Sendable {
    var users: [UserID: User] = [:]
    var contacts: [UserID: [ContactSummary]] = [:]
    /// Conversations of two who were friends.
    var ended: Set<Conversation> = []
    var histories: [Conversation: [StoredMessage]] = [:]
    var messages: [MessageID: StoredMessage] = [:]
    var messageCount = 0
    var newestTimestamp: Int64 = 0
    var keys: [Int: ByteText] = [:]
    var invites: [Invite] = []

    /// - Parameter withMarkers: False leaves out the read markers, and what changes with them.
    init(
        of store: any ChatStore, _ people: [UserID] = UserID.everybody, withMarkers: Bool = true
    ) async throws {
        for user in try await store.users() { users[user.id] = user }
        for (index, one) in people.enumerated() {
            // Two stores differ in their incarnation, the upper part of a row's revision.
            contacts[one] = try await store.contacts(of: one)?.map { row in
                var row = row
                row.changed %= 1 << 32
                if !withMarkers {
                    (row.readUpTo, row.friendReadUpTo, row.unreadCount) = (0, 0, 0)
                    (row.changed, row.order) = (0, 0)
                }
                return row
            }
            newestTimestamp = try await store.currentPollFacts(of: one).newestTimestamp
            for other in people[index...] {
                let talk = Conversation(one, other)
                histories[talk] = try await store.history(one, other)
                let facts = try await store.currentPollFacts(of: one, in: talk)
                if facts.hasEnded { ended.insert(talk) }
                let others = try await store.currentPollFacts(of: other, in: talk)
                try expect("the end of \(talk)", others.hasEnded, is: facts.hasEnded)
            }
        }
        for message in try await store.scanned() { messages[message.id] = message }
        messageCount = try await store.messageCount
        keys = try await store.knownKeys
        invites = try await store.invites()
    }
}

/// The revisions of all of these people, and of all their conversations.
struct Revisions: Equatable, Sendable {
    enum Subject: Hashable, Sendable {
        case user(UserID), conversation(Conversation)
    }

    private(set) var values: [Subject: UInt64] = [:]

    init(of store: any ChatStore, _ people: [UserID] = UserID.everybody) async throws {
        for (index, one) in people.enumerated() {
            values[.user(one)] = try await store.revision(of: one)
            for other in people[index...] {
                let talk = Conversation(one, other)
                values[.conversation(talk)] = try await store.revision(of: one, in: talk)
            }
        }
    }

    /// Returns the subjects whose revisions differ.
    func moved(since before: Revisions) -> Set<Subject> {
        Set(values.keys.filter { values[$0] != before.values[$0] })
    }
}
