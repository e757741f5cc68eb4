import Encoding
import EventLoop
import Logging
import Storage
import TestSupport

/// Runs a test's body on a loop of its own.
func onLoop<T: Sendable>(
    _ body: @escaping @Sendable (EventLoop) async throws -> T
) throws -> T {
    let loop = try EventLoop()
    return try loop.run { try await body(loop) }
}

extension JSONStore {
    static func open(
        _ disk: SimulatedDisk, _ loop: EventLoop, logger: Logger = .silent
    ) async throws -> JSONStore {
        try await open(folder: "/data", disk: disk, loop: loop, logger: logger)
    }

    /// Commits a change. A marker that would not move forward changes nothing.
    func commit(_ change: Change) async throws {
        if case .messagesRead(let reader, let other, let time) = change {
            return try await commit(reading: [.readUpTo(by: reader, with: other)]) { facts in
                (facts.readUpTo(by: reader, with: other) < time ? change : nil, ())
            }
        }
        var needs: [Fact] = []
        if case .messageReplaced(let id, _, _) = change { needs = [.message(id)] }
        if case .messageDeleted(let tombstone) = change { needs = [.message(tombstone.id)] }
        try await commit(reading: needs) { _ in (change, ()) }
    }

    nonisolated func revision(of user: UserID) -> UInt64? {
        pollFacts(of: user, in: nil)?.revision
    }

    nonisolated func revision(of conversation: Conversation) -> UInt64? {
        pollFacts(of: conversation.first, in: conversation)?.revision
    }

    /// The revisions of all these users and of their conversations.
    nonisolated func revisions(_ names: [String]) -> [UInt64?] {
        names.enumerated().flatMap { index, name in
            let id = UserID(ByteText(name))
            return [revision(of: id)]
                + names[index...].map { revision(of: Conversation(id, UserID(ByteText($0)))) }
        }
    }

    /// Opens a new store of two friends with three messages from Ana to Budi.
    static func withThreeMessages(
        _ disk: SimulatedDisk, _ loop: EventLoop
    ) async throws -> JSONStore {
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("ana", "budi")
        try await store.commit(.befriended(UserID("ana"), UserID("budi"), at: 77))
        for time in 1...3 {
            try await store.add(
                "m\(time)", from: "ana", to: "budi", at: Int64(time),
                content: "v1:A\(ForgedStore.rest)")
        }
        return store
    }

    /// Adds users of these names; their ids are the names.
    func addUsers(_ names: String...) async throws {
        for name in names { try await commit(.userAdded(.named(name))) }
    }

    func add(
        _ id: String, from sender: String, to receiver: String, at timestamp: Int64,
        content: String = "v1:AAAA"
    ) async throws {
        try await commit(
            .messageAdded(
                .sample(id, from: sender, to: receiver, at: timestamp, content: content)))
    }

    /// Deletes a message at a time, on the clock of its conversation.
    func delete(_ id: String, at time: Int64) async throws {
        let id = MessageID(ByteText(id))
        try await commit(reading: [.message(id)]) { facts in
            (facts.message(id).map { .messageDeleted($0.tombstone(at: time)) }, ())
        }
    }

    /// Adds messages `m1` and on from `a` to `b`, at the times 1 and on.
    func addMessages(_ count: Int) async throws {
        for number in 1...count {
            try await add("m\(number)", from: "a", to: "b", at: Int64(number))
        }
    }

    func history(_ one: String, _ other: String) async throws -> [StoredMessage] {
        var all: [StoredMessage] = []
        while true {
            let more = try await messages(
                in: Conversation(UserID(ByteText(one)), UserID(ByteText(other))),
                MessageRange(after: all.last?.timestamp, limit: 100))
            if more.isEmpty { return all }
            all += more.messages
        }
    }
}

extension User {
    static func named(_ name: String) -> User {
        User(
            id: UserID(ByteText(name)), username: ByteText(name), password: hash(of: name))
    }
}

extension User {
    /// Of the form that a hash has.
    static func hash(of name: String) -> ByteText {
        let text = "hash.of.\(name)"
        return ByteText("$2b$10$" + text + String(repeating: "x", count: 53 - text.utf8.count))
    }
}

extension StoredMessage {
    static func sample(
        _ id: String, from sender: String, to receiver: String, at timestamp: Int64,
        content: String = "v1:AAAA", replyTo: String? = nil, photo: Photo? = nil
    ) -> StoredMessage {
        StoredMessage(
            id: MessageID(ByteText(id)), senderId: UserID(ByteText(sender)),
            receiverId: UserID(ByteText(receiver)), content: ByteText(content),
            timestamp: timestamp, replyTo: replyTo.map { MessageID(ByteText($0)) },
            photo: photo)
    }
}

extension Photo {
    /// A photo whose id has this number in it.
    static func sample(_ number: Int, width: Int = 1_600, height: Int = 1_200) -> Photo {
        let digits = String(number, radix: 16)
        let text = "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count)
        guard let id = PhotoID(ByteText(text + digits)),
            let photo = Photo(id: id, width: width, height: height)
        else { preconditionFailure("no photo has these sides") }
        return photo
    }
}

extension StorageFault {
    /// The file that is not as it was written, whether or not somebody may have edited it.
    var damagedFile: String? {
        switch self {
        case .damaged(let file, _, _), .edited(let file, _, _): file
        default: nil
        }
    }
}
