internal import Encoding
internal import EventLoop
package import Storage

/// A poll whose facts have to be loaded.
struct PollMiss {
    let user: UserID
    let conversation: Conversation?
    let waiter: Waiter<Result<PollFacts, StorageFault>>
}

/// The facts of polls. Each is loaded or looked after in the database, so that it holds what any
/// process has committed before. All that are asked for in a moment share one query.
extension PostgresStore {
    private static let missesMax = 1_024
    private static let watchPause = Duration.milliseconds(300)
    /// The time after a poll in which the user's list is watched. A poll is held for less.
    private static let watchTime = Duration.seconds(40)

    package nonisolated func pollFacts(
        of user: UserID, in conversation: Conversation?
    ) -> PollFacts? { nil }

    package func loadPollFacts(
        of user: UserID, in conversation: Conversation?
    ) async throws(StorageFault) -> PollFacts {
        guard !isClosed else { throw .closed }
        let waiter = Waiter<Result<PollFacts, StorageFault>>()
        let result = await waiter.wait { waiter in
            pollMisses.append(PollMiss(user: user, conversation: conversation, waiter: waiter))
            idlePollGates.popLast()?.value.open()
            return nil
        }
        return try result.get()
    }

    /// Loads the facts of polls until the task is cancelled. Polls that come while a query is
    /// under way share the next one.
    func loadPolls() async {
        let gate = LoopBound(Gate(), to: loop)
        while !Task.isCancelled {
            guard !pollMisses.isEmpty else {
                idlePollGates.append(gate)
                await gate.pass(on: loop)
                idlePollGates.removeAll { $0.value === gate.value }
                continue
            }
            let taken = Array(pollMisses.prefix(Self.missesMax))
            pollMisses.removeFirst(taken.count)
            await load(taken)
        }
        for miss in pollMisses { miss.waiter.resume(returning: .failure(.closed)) }
        pollMisses = []
    }

    /// Answers polls. If the facts of all are kept, a look at the head tells whether they hold.
    private func load(_ misses: [PollMiss]) async {
        do throws(StorageFault) {
            let keys = misses.map { PollCache.Key($0) }
            if let kept = pollCache.entries(of: keys), let moment = pollCache.moment {
                let head = try await reads.run([Self.readHead])[0].first.map { StoreHead($0) }
                if let head, Moment(head) == moment {
                    for (miss, entry) in zip(misses, kept) { answer(miss, entry) }
                    return
                }
            }
            let rows = try await reads.run([Self.pollStatement(misses)])
            guard let head = rows[0].first.map({ StoreHead($0, from: 1) }) else { throw .absent }
            shared.value.noteNewest(head.newest)
            var loaded: [(PollCache.Key, PollCache.Entry)] = []
            rows[0].forEach { row in
                let place = Int(row.number(0)) - 1
                let entry = PollCache.Entry(
                    facts: Self.facts(of: misses[place], row, head), changed: row.number(8))
                loaded.append((keys[place], entry))
                answer(misses[place], entry)
            }
            pollCache.keep(loaded, at: Moment(head))
        } catch {
            for miss in misses { miss.waiter.resume(returning: .failure(error)) }
        }
    }

    private static func facts(of miss: PollMiss, _ row: Row, _ head: StoreHead) -> PollFacts {
        let changed = row.number(miss.conversation == nil ? 8 : 9)
        return PollFacts(
            epoch: row.numberIfAny(7).map { Int($0) }, newestTimestamp: head.newest,
            revision: head.revision(changed),
            hasEnded: miss.conversation != nil && row.flag(10))
    }

    private func answer(_ miss: PollMiss, _ entry: PollCache.Entry) {
        if miss.conversation == nil {
            shared.value.pollers[miss.user.key] = .init(
                id: miss.user, changed: entry.changed, polledAt: loop.now)
        }
        miss.waiter.resume(returning: .success(entry.facts))
    }

    /// Returns of each poll its place, the head, and the user's epoch and last change. Of its
    /// conversation it returns the last change, and whether the friendship has ended.
    private static func pollStatement(_ misses: [PollMiss]) -> Statement {
        let pairs = misses.map { $0.conversation.map { Pair($0) } }
        let friends = zip(misses, pairs).map { miss, pair in
            pair.map { $0.user == miss.user.key ? $0.friend : $0.user }
        }
        return Statement(
            "load_polls",
            """
            SELECT p.place, \(Columns.head.split(separator: ", ").map { "s.\($0)" }
                .joined(separator: ", ")), u.epoch, \(lastChange), (SELECT t.talk_changed \
            FROM friends t WHERE t.user_id = p.one AND t.friend_id = p.other), \
            (SELECT t.former IS NOT NULL FROM friends t \
            WHERE t.user_id = p.user_id AND t.friend_id = p.friend_id) \
            FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[]) WITH ORDINALITY \
            p(user_id, friend_id, one, other, place) \
            JOIN store s ON s.id = 1 LEFT JOIN users u ON u.id = p.user_id
            """,
            [
                .texts(misses.map(\.user.key)), .texts(friends), .texts(pairs.map { $0?.user }),
                .texts(pairs.map { $0?.friend }),
            ])
    }

    /// The last change of the contact list of the user `u`, or NULL if there is no such user.
    private static let lastChange = """
        CASE WHEN u.id IS NOT NULL THEN greatest(u.touched, (SELECT max(f.changed) \
        FROM friends f WHERE f.user_id = u.id)) END
        """

    // MARK: Changes of other processes

    /// Tells the observer of lists that any process has changed, until the task is cancelled.
    func watch() async {
        var seen: Int64?
        while !Task.isCancelled {
            do { try await loop.sleep(for: Self.watchPause) } catch { return }
            dropPollers()
            guard shared.value.observer != nil, !shared.value.pollers.isEmpty else { continue }
            do throws(StorageFault) {
                let rows = try await reads.run([Self.findNumber])
                let number = rows[0].first?.number(0)
                if number == seen { continue }
                try await compare()
                seen = number
            } catch { continue }
        }
    }

    private static let findNumber = Statement(
        "find_number", "SELECT number FROM store WHERE id = 1")

    private func dropPollers() {
        let oldest = loop.now - Self.watchTime
        let shared = shared.value
        shared.pollers = shared.pollers.filter { $0.value.polledAt >= oldest }
    }

    /// Compares the last changes of those who have polled lately with what they were told.
    private func compare() async throws(StorageFault) {
        let keys = Array(shared.value.pollers.keys)
        for start in stride(from: 0, to: keys.count, by: Self.missesMax) {
            let part = Array(keys[start..<min(start + Self.missesMax, keys.count)])
            let rows = try await reads.run([
                Statement(
                    "find_changes",
                    "SELECT u.id, \(Self.lastChange) FROM users u WHERE u.id = ANY($1::bytea[])",
                    [.texts(part)])
            ])
            let shared = shared.value
            rows[0].forEach { row in
                guard var poller = shared.pollers[row.text(0)],
                    poller.changed < row.number(1)
                else { return }
                poller.changed = row.number(1)
                shared.pollers[row.text(0)] = poller
                shared.observer?(poller.id)
            }
        }
    }
}

extension PollCache.Key {
    fileprivate init(_ miss: PollMiss) {
        self.init(user: miss.user.key, pair: miss.conversation.map { Pair($0) })
    }
}
