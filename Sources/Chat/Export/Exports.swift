package import Encoding
package import EventLoop
package import Storage
import Synchronization

/// Hands out everything that the store holds of a user, page by page.
package final class Exports: Sendable {
    /// The largest number of exports at once. A further one is refused.
    static let exportsMax = 8
    /// The pause between pages, which leaves the vault and the disk to other work.
    private static let pause = Duration.milliseconds(5)

    private let store: any ChatStore
    private let messages: Messages
    private let loop: EventLoop
    private let underWay = Mutex<Set<UserID>>([])

    package init(store: any ChatStore, messages: Messages, loop: EventLoop) {
        self.store = store
        self.messages = messages
        self.loop = loop
    }

    /// Begins the export of the caller. It is under way until it is dropped.
    ///
    /// - Throws: `ChatFault.exportUnderWay` if the user has another export under way;
    ///   `ChatFault.busy`.
    package func begin(for caller: UserID) async throws -> Export {
        let turn = try Turn(of: caller, in: self)
        guard let user = try await store.user(caller) else { throw ChatFault.userNotFound }
        return Export(
            user: user, friends: try await people(user.contacts),
            blocked: try await people(user.blocked),
            partners: try await store.partners(of: caller), messages, turn)
    }

    private func people(_ ids: [UserID]) async throws -> [Export.Person] {
        var people: [Export.Person] = []
        for id in ids {
            if let user = try await store.user(id) {
                people.append(.init(id: user.id, username: user.username))
            }
        }
        return people
    }

    fileprivate func rest() async throws { try await loop.sleep(for: Self.pause) }

    /// Keeps the user's place among the exports under way until it is dropped.
    fileprivate final class Turn: Sendable {
        private let user: UserID
        let exports: Exports

        init(of user: UserID, in exports: Exports) throws(ChatFault) {
            let refusal = exports.underWay.withLock { users -> ChatFault? in
                if users.contains(user) { return .exportUnderWay }
                if users.count >= Exports.exportsMax { return .busy }
                users.insert(user)
                return nil
            }
            // Before the object is whole, so that `deinit` does not end the other's turn.
            if let refusal { throw refusal }
            self.user = user
            self.exports = exports
        }

        deinit { _ = exports.underWay.withLock { $0.remove(user) } }
    }
}

/// One user's export. Memory holds one page of it at a time.
package struct Export: Sendable {
    package struct Person: Sendable {
        package let id: UserID
        package let username: ByteText
    }

    package let user: User
    package let friends: [Person]
    package let blocked: [Person]
    /// The users whose conversations with the user are still to come.
    private var partners: ArraySlice<UserID>
    private var pages: MessagePages?
    private var isBegun = false
    private let messages: Messages
    private let turn: Exports.Turn

    fileprivate init(
        user: User, friends: [Person], blocked: [Person], partners: [UserID],
        _ messages: Messages, _ turn: Exports.Turn
    ) {
        self.user = user
        self.friends = friends
        self.blocked = blocked
        self.partners = partners[...]
        self.messages = messages
        self.turn = turn
    }

    /// Returns the next messages of a conversation, oldest first, or nil after the last one.
    package mutating func next() async throws -> MessagePage? {
        while true {
            if pages?.isAtEnd ?? true {
                guard let partner = partners.popFirst() else { return nil }
                pages = MessagePages(
                    of: Conversation(user.id, partner), HistoryRange(), for: user.id, messages)
            }
            if isBegun { try await turn.exports.rest() }
            isBegun = true
            guard let page = try await pages?.next(), !page.isEmpty else { continue }
            return page
        }
    }
}
