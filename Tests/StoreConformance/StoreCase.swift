package import Storage

/// One promise of `ChatStore`, with a function that finds out whether a store keeps it.
package struct StoreCase: Sendable, CustomStringConvertible {
    /// A sentence that says what is promised.
    package let name: String
    /// Whether the store has to be stopped as by a crash.
    let needsCrash: Bool
    private let body: @Sendable (any StoreFixture) async throws -> Void

    init(
        _ name: String, needsCrash: Bool = false,
        _ body: @escaping @Sendable (any StoreFixture) async throws -> Void
    ) {
        self.name = name
        self.needsCrash = needsCrash
        self.body = body
    }

    package var description: String { name }

    /// Finds out whether a store keeps the promise.
    ///
    /// - Throws: `BrokenPromise`, or what the store threw where it should not have.
    package func run(on fixture: some StoreFixture) async throws {
        try await body(fixture)
    }

    /// Every case for a kind of store. A new kind runs them all without a change to any.
    ///
    /// - Parameter canCrash: False leaves out the cases that need a crash.
    package static func all(canCrash: Bool) -> [StoreCase] {
        let cases =
            CommitCases.all + ConcurrencyCases.all + OrderCases.all + MessageCases.all
            + DeletionCases.all + FeedCases.all
            + PageCases.all + UserCases.all + ContactCases.all + RowCases.all
            + MarkerCases.all
            + FriendshipCases.all + InvitationCases.all + SubscriptionCases.all
            + RefusalCases.all + RevisionCases.all + RestartCases.all
        return cases.filter { canCrash || !$0.needsCrash }
    }

    /// Every case of `PhotoStore`, for a kind of store that keeps photos. The fixture runs them.
    package static let photos = PhotoCases.all
}

/// A store that a case has for itself.
package protocol StoreFixture: Sendable {
    /// Opens the store, which is empty. Called once, before all else.
    func open() async throws -> any ChatStore
    /// Stops the store in an orderly way and starts it again.
    func restart() async throws -> any ChatStore
    /// Restarts the store as after a crash: unacknowledged changes may be lost. Calls of the
    /// previous store fail, or nobody uses their answers. Only for kinds of store that can crash.
    func crash() async throws -> any ChatStore
}
