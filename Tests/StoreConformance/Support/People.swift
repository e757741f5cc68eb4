import Encoding
import Storage

/// The people of the cases; their ids are their names.
extension UserID {
    static let ana = UserID("ana")
    static let budi = UserID("budi")
    static let citra = UserID("citra")
    static let dewi = UserID("dewi")
    static let everybody = [ana, budi, citra, dewi]
}

extension User {
    /// A user whose name is the id, unless told.
    static func new(_ id: UserID, named name: ByteText? = nil) -> User {
        User(id: id, username: name ?? id.text, password: "$2b$10$hash of \(id)")
    }
}

extension StoredMessage {
    init(
        _ id: ByteText, from sender: UserID, to receiver: UserID, at timestamp: Int64,
        content: ByteText = "v1:AAAA", replyTo: ByteText? = nil
    ) {
        self.init(
            id: MessageID(id), senderId: sender, receiverId: receiver, content: content,
            timestamp: timestamp, replyTo: replyTo.map { MessageID($0) })
    }
}

extension PushSubscription {
    static func sample(_ endpoint: ByteText, session: ByteText = "5e") -> PushSubscription {
        PushSubscription(
            endpoint: endpoint, publicKey: "BKey", authentication: "Secret", session: session)
    }
}

extension ChatStore {
    func commit(_ change: Change) async throws {
        var needs: [Fact] = []
        if case .messageReplaced(let id, _, _) = change { needs = [.message(id)] }
        if case .messageDeleted(let tombstone) = change { needs = [.message(tombstone.id)] }
        try await commit(reading: needs) { _ in (change, ()) }
    }

    func add(_ users: UserID...) async throws {
        for id in users { try await commit(.userAdded(.new(id))) }
    }

    func add(
        _ id: ByteText, from sender: UserID, to receiver: UserID, at timestamp: Int64,
        content: ByteText = "v1:AAAA"
    ) async throws {
        try await commit(
            .messageAdded(
                StoredMessage(id, from: sender, to: receiver, at: timestamp, content: content)))
    }

    /// Deletes a message at a time, on the clock of its conversation.
    func delete(_ id: ByteText, at time: Int64) async throws {
        let id = MessageID(id)
        try await commit(reading: [.message(id)]) { facts in
            (.messageDeleted(try require(facts.message(id), "no \(id)").tombstone(at: time)), ())
        }
    }

    /// Adds the first two people, who are friends.
    func addFriends() async throws {
        try await add(.ana, .budi)
        try await commit(.befriended(.ana, .budi))
    }

    /// The whole conversation, read in pages.
    func history(_ one: UserID, _ other: UserID) async throws -> [StoredMessage] {
        var all: [StoredMessage] = []
        while true {
            let page = try await messages(
                in: Conversation(one, other), MessageRange(after: all.last?.timestamp))
            if page.isEmpty { return all }
            for message in page.messages {
                let last = all.last?.timestamp ?? .min
                try expect(message.timestamp > last, "\(message) comes after \(last)")
                all.append(message)
            }
        }
    }

    /// All messages, in the order in which a scan comes by them.
    func scanned(limit: Int = MessageRange.limitMax) async throws -> [StoredMessage] {
        var all: [StoredMessage] = []
        var cursor: ScanCursor?
        repeat {
            let (messages, next) = try await scan(after: cursor, limit: limit)
            try expect(messages.count <= limit, "\(messages.count) messages for \(limit)")
            all += messages
            try expect(next == nil || next != cursor, "a scan stands still at \(all.count)")
            cursor = next
        } while cursor != nil
        return all
    }

    func revision(of user: UserID, in conversation: Conversation? = nil) async throws -> UInt64 {
        try await currentPollFacts(of: user, in: conversation).revision
    }
}
