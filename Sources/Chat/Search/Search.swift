package import Encoding
package import EventLoop
package import RateLimit
package import Storage

/// Searches the messages that a user shares with present friends, newest first. Nothing of a search
/// is kept.
///
/// A search takes its turn among all searches for each batch, and among all reads of the vault. So
/// it takes nothing from senders, and other searches go on beside it.
package actor Search {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    package static let queryScalarsMax = 100
    package static let limits = 1...100
    package static let limitDefault = 20
    /// The largest number of messages that one search opens.
    static let openedMax = 50_000
    /// The time after which a search stops, and says where it continues.
    static let timeMax = Duration.seconds(2)
    /// The length of the found texts in bytes after which a search stops.
    static let foundBytesMax = 1 << 20
    /// The largest number of searches at once. A further one is refused.
    static let searchesMax = 32
    /// The batches that are in memory at once, in all.
    private static let batchLimits = FairLimits(
        callsMax: 4, callsPerUserMax: 1, waitingPerUserMax: 1, quantumBytes: 64 << 10,
        callBytes: 2 << 10)
    /// A batch has one thread at a time.
    package static let comparisonsWaitingMax = 4

    private let store: any ChatStore
    private let vault: SharedVault
    private let workers: WorkerPool
    private let log: RateLimitedLog
    private let slots: FairSlots
    private let now: @Sendable () -> MonotonicTime
    private var underWay: Set<UserID> = []

    /// - Parameters:
    ///   - workers: Compares texts. It takes `comparisonsWaitingMax` jobs.
    ///   - now: The time that `timeMax` is measured by.
    package init(
        store: any ChatStore, vault: SharedVault, workers: WorkerPool, loop: EventLoop,
        log: RateLimitedLog, now: @escaping @Sendable () -> MonotonicTime = { .current() }
    ) {
        self.store = store
        self.vault = vault
        self.workers = workers
        self.loop = loop
        self.log = log
        self.now = now
        slots = FairSlots(Self.batchLimits, loop: loop)
    }

    /// Returns the messages whose text holds the query.
    ///
    /// - Parameter isWanted: Returns false once nobody waits for the results. The search then ends
    ///   as it does when its time is over.
    /// - Throws: `ChatFault.searchUnderWay` if the user has another search under way;
    ///   `ChatFault.notFriends`; `ChatFault.busy`; a `VaultFault`.
    package func find(
        _ query: SearchQuery, for caller: UserID, while isWanted: @Sendable () -> Bool
    ) async throws -> SearchResults {
        guard !underWay.contains(caller) else { throw ChatFault.searchUnderWay }
        guard underWay.count < Self.searchesMax else { throw ChatFault.busy }
        underWay.insert(caller)
        defer { underWay.remove(caller) }
        if let friend = query.friend {
            guard try await store.areFriends(caller, friend) else { throw ChatFault.notFriends }
        }
        var results = SearchResults()
        guard let pattern = TextPattern(query.text) else { return results }
        var feed = MessageFeed(of: caller, with: query.friend, after: query.place)
        let end = now() + Self.timeMax
        var opened = 0
        repeat {
            let batch = try await batch(of: feed, at: min(100, Self.openedMax - opened), pattern)
            feed = batch.feed
            opened += batch.page.count
            if take(batch, for: caller, upTo: query.limit, to: &results) { return results }
        } while !feed.isAtEnd && opened < Self.openedMax && now() < end && isWanted()
        results.next = feed.isAtEnd ? nil : feed.place
        return results
    }

    private struct Batch: Sendable {
        let page: MessagePage
        /// The numbers of the found messages, in the order of the page.
        let found: [Int]
        /// Behind the page.
        let feed: MessageFeed
    }

    /// Opens the next messages and compares them. All of it happens in one of the slots, so that
    /// few batches are in memory at once.
    private func batch(
        of feed: MessageFeed, at limit: Int, _ pattern: TextPattern
    ) async throws -> Batch {
        try await slots.during(for: feed.user) { charge in
            var feed = feed
            let page = try await vault.open(for: feed.user, .large) {
                try await store.newestMessages(
                    in: &feed, limit: limit, bytesMax: Messages.pageBytesMax)
            }
            charge(page.recorded.byteCount)
            page.logUnopened(to: log)
            if page.isEmpty { return Batch(page: page, found: [], feed: feed) }
            let texts = page.texts
            do {
                let found = try await workers.run {
                    texts.indices.filter { index in
                        texts[index].found.map { pattern.isFound(in: $0.utf8) } ?? false
                    }
                }
                return Batch(page: page, found: found, feed: feed)
            } catch is WorkerPool.Busy {
                throw ChatFault.busy
            }
        }
    }

    /// Adds what was found to the results. Returns whether they are complete.
    private func take(
        _ batch: Batch, for caller: UserID, upTo limit: Int, to results: inout SearchResults
    ) -> Bool {
        var found = batch.found[...]
        var index = -1
        var isFull = false
        batch.page.forEach { message, text in
            index += 1
            guard !isFull, found.first == index, let text = text.found else { return }
            found.removeFirst()
            results.add(message.message, text, for: caller)
            isFull = results.found.count == limit || results.byteCount >= Self.foundBytesMax
            if isFull {
                let isLast = index == batch.page.count - 1 && batch.feed.isAtEnd
                results.next = isLast ? nil : results.found.last?.place
            }
        }
        return isFull
    }
}

/// The text and the conversations of a search.
package struct SearchQuery: Sendable {
    package let text: ByteText
    /// The friend whose conversation is searched, or nil for all conversations.
    package let friend: UserID?
    /// The place that the results of before ended at, or nil for the newest message.
    package let place: MessageFeed.Place?
    package let limit: Int

    package init(
        _ text: ByteText, with friend: UserID? = nil, after place: MessageFeed.Place? = nil,
        limit: Int = Search.limitDefault
    ) {
        self.text = text
        self.friend = friend
        self.place = place
        self.limit = limit
    }
}

/// The messages that a search has found, newest first.
package struct SearchResults: Sendable {
    package struct Found: Sendable {
        package let message: StoredMessage
        package let text: JSONText
        package let friend: UserID

        var place: MessageFeed.Place { .init(timestamp: message.timestamp, friend: friend) }
    }

    package private(set) var found: [Found] = []
    /// The length of the texts in bytes.
    private(set) var byteCount = 0
    /// The place at which another search continues, or nil at the end.
    package fileprivate(set) var next: MessageFeed.Place?

    fileprivate mutating func add(
        _ message: StoredMessage, _ text: JSONText, for caller: UserID
    ) {
        let friend = message.senderId == caller ? message.receiverId : message.senderId
        // A copy, because the text would keep its whole batch in memory.
        found.append(Found(message: message, text: JSONText(text.text), friend: friend))
        byteCount += text.utf8Count
    }
}
