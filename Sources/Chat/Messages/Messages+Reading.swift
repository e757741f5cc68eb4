package import Storage

extension Messages {
    /// Returns the revision of a conversation whose facts its reader was given.
    ///
    /// - Throws: `ChatFault.notFriends` if the friendship of the two has ended.
    package static func revision(toRead facts: PollFacts) throws(ChatFault) -> UInt64 {
        if facts.hasEnded { throw .notFriends }
        return facts.revision
    }

    /// Returns a page of the conversation, oldest first. It has at most `pageBytesMax` bytes, and
    /// at most `batchMax` messages if the range has no limit.
    ///
    /// - Parameters:
    ///   - reader: The user whose share of the vault the page uses.
    ///   - size: `large` for a page that continues an answer which has begun.
    /// - Throws: `VaultFault.busy` if too many pages of this reader wait already. A `large` page is
    ///   never refused.
    package func page(
        of conversation: Conversation, _ range: HistoryRange, for reader: UserID,
        _ size: CallSize = .small
    ) async throws -> MessagePage {
        let page = try await vault.open(for: reader, size) {
            try await store.messages(
                in: conversation, range.page(limit: Self.batchMax, bytesMax: Self.pageBytesMax))
        }
        page.logUnopened(to: log)
        return page
    }

    /// Returns the last messages of conversations with these friends: those of the first friends,
    /// as far as `pageBytesMax` allows. See `ChatStore.lastMessages`.
    package nonisolated func lastMessages(
        of reader: UserID, with friends: [UserID]
    ) async throws -> RecordedMessages {
        try await store.lastMessages(
            in: friends.map { Conversation(reader, $0) }, bytesMax: Self.pageBytesMax)
    }

    /// Opens the last messages of conversations with these friends. The parameters are those of
    /// `page` and `lastMessages`.
    package func previews(
        of reader: UserID, with friends: [UserID], _ size: CallSize
    ) async throws -> MessagePage {
        let page = try await vault.open(for: reader, size) {
            try await lastMessages(of: reader, with: friends)
        }
        page.logUnopened(to: log)
        return page
    }

    /// Throws the fault that reading a page of this range would throw, without use of the vault.
    package func checkReadable(
        _ conversation: Conversation, _ range: HistoryRange
    ) async throws {
        let page = try await store.messages(
            in: conversation, range.page(limit: Self.batchMax, bytesMax: Self.pageBytesMax))
        if !page.withoutTombstones.isEmpty { try await vault.check() }
    }
}
