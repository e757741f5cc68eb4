internal import EventLoop
internal import Logging
internal import Metrics
internal import RateLimit
package import Storage

extension PostgresStore {
    /// The longest wait of a change for its batch.
    private static let waitMax = Duration.seconds(5)
    private static let waitingMax = 16_384
    private static let batchMax = 256
    /// The number of conflicts after which a change is refused as busy.
    static let conflictsMax = 10
    private static let expiryPause = Duration.milliseconds(250)

    package func commit<Outcome: Sendable>(
        reading needs: [Fact], _ decide: @Sendable (Facts) throws -> (Change?, Outcome)
    ) async throws -> Outcome {
        guard !isClosed else { throw StorageFault.closed }
        guard proposals.count < Self.waitingMax else { throw StorageFault.busy }
        let outcome = LoopBound(Decided<Outcome>(), to: loop)
        let failure = await withoutActuallyEscaping(decide) { decide in
            await propose(needs) { facts in
                let (change, value) = try decide(facts)
                outcome.value.outcome = value
                return change
            }
        }
        if let failure { throw failure }
        guard let value = outcome.value.outcome else { throw StorageFault.closed }
        return value
    }

    private func propose(
        _ needs: [Fact], _ decision: @escaping (Facts) throws -> Change?
    ) async -> (any Error)? {
        let deadline = loop.now + Self.waitMax
        return await Waiter<(any Error)?>().wait { waiter in
            proposals.append(
                Proposal(needs, deadline: deadline, waiter: waiter, decision: decision))
            writerGate.value.open()
            return nil
        }
    }

    /// Fails the proposals that have waited too long.
    func expireProposals() async {
        while !Task.isCancelled {
            do { try await loop.sleep(for: Self.expiryPause) } catch { return }
            dropExpired()
        }
    }

    private func dropExpired() {
        let now = loop.now
        for proposal in proposals where proposal.deadline <= now {
            proposal.finish(StorageFault.busy)
        }
        proposals.removeAll { $0.deadline <= now }
    }

    /// Commits batch after batch until the task is cancelled.
    func write() async {
        var kept = KeptSession(connector, on: loop)
        while !Task.isCancelled {
            guard !proposals.isEmpty else {
                await writerGate.pass(on: loop)
                continue
            }
            do {
                let session = try await kept.usable()
                dropExpired()
                let taken = Array(proposals.prefix(singles > 0 ? 1 : Self.batchMax))
                proposals.removeFirst(taken.count)
                singles = max(singles - 1, 0)
                await commit(taken, on: session, &kept)
            } catch {
                log.log(
                    .error, "there is no connection to the database", naming: ["why": "\(error)"])
            }
        }
    }

    /// Commits a batch. Proposals that are not judged go back to the front.
    private func commit(
        _ taken: [Proposal], on session: any DatabaseSession, _ kept: inout KeptSession
    ) async {
        let deadline = max(taken.first?.deadline ?? loop.now, loop.now + .seconds(1))
        let began = MonotonicTime.current()
        var batch: Batch
        do { batch = try await judge(taken, on: session, until: deadline) } catch {
            return await putBack(taken, after: error)
        }
        do {
            let tellers = try await finish(&batch, on: session, until: deadline, &kept)
            proposals.insert(contentsOf: batch.waiting, at: 0)
            if !batch.set.writes.isEmpty {
                counts.groupSizes.add(batch.judged.count)
                counts.groupTime.add(MonotonicTime.current() - began)
            }
            announce(batch.set, tellers)
            for proposal in batch.judged { proposal.finish(proposal.refusal) }
        } catch let fault as DatabaseFault {
            await putBack(taken, after: fault)
        } catch {
            // The outcome stays unknown, but for those that were refused or not in the batch.
            proposals.insert(contentsOf: batch.waiting, at: 0)
            for proposal in batch.judged { proposal.finish(proposal.refusal ?? error) }
        }
    }

    private func putBack(_ taken: [Proposal], after fault: DatabaseFault) async {
        if fault.isConflict, !Task.isCancelled { return await tryAgain(taken) }
        if fault.isPassing || fault.meansBusy, !Task.isCancelled {
            proposals.insert(contentsOf: taken, at: 0)
            // A database that is short of something gets a moment.
            if !fault.isPassing { try? await loop.sleep(for: Self.busyPause) }
            return
        }
        if taken.count > 1, !fault.meansFull {
            // One of them is to blame, and the others are not.
            proposals.insert(contentsOf: taken, at: 0)
            singles = taken.count
            return
        }
        log.log(.error, "a change failed in the database", naming: ["why": "\(fault)"])
        for proposal in taken { proposal.finish(fault.storageFault) }
    }

    /// Puts back the proposals of a batch that met another transaction, after a pause by which
    /// processes that met once do not meet again. A proposal has so many tries.
    private func tryAgain(_ taken: [Proposal]) async {
        for proposal in taken { proposal.conflicts += 1 }
        let isOver = { (proposal: Proposal) in proposal.conflicts >= Self.conflictsMax }
        for proposal in taken where isOver(proposal) { proposal.finish(StorageFault.busy) }
        proposals.insert(contentsOf: taken.filter { !isOver($0) }, at: 0)
        let count = taken.map(\.conflicts).max() ?? 1
        try? await loop.sleep(for: ConflictPause.random(after: count))
    }

    /// Locks the head, loads what is declared, and decides.
    private func judge(
        _ taken: [Proposal], on session: any DatabaseSession, until deadline: MonotonicTime
    ) async throws(DatabaseFault) -> Batch {
        let loading = Loading(Wanted(taken.flatMap(\.needs)))
        let rows = try await session.run(
            [.begin, Self.lockHead] + loading.statements, until: deadline)
        guard let head = rows[1].first else {
            throw .refused(code: "42P01", "the database holds no store")
        }
        var batch = Batch(taken, head: StoreHead(head))
        batch.take(rows.dropFirst(2), of: loading)
        while let missing = batch.judge() {
            let loading = Loading(missing)
            batch.take(try await session.run(loading.statements, until: deadline), of: loading)
        }
        return batch
    }

    private static let busyPause = Duration.milliseconds(100)

    static let lockHead = Statement(
        "lock_head", "SELECT \(Columns.head) FROM store WHERE id = 1 FOR UPDATE")

    /// Writes and commits what was decided. Returns the users whom statements have named.
    private func finish(
        _ batch: inout Batch, on session: any DatabaseSession, until deadline: MonotonicTime,
        _ kept: inout KeptSession
    ) async throws -> [UserID] {
        guard !batch.set.writes.isEmpty else {
            _ = try await session.run([.commit], until: deadline)
            return []
        }
        self.batch += 1
        let statements = [noteBatch(batch.set.head.number)] + batch.set.statements()
        // The removal of an account takes as long as its messages are many.
        let end = batch.set.writes.others.isEmpty ? deadline : deadline + .seconds(60)
        do throws(DatabaseFault) {
            let rows = try await session.run(statements + [.commit], until: end)
            return zip(statements, rows).filter { $0.0.tellsUsers }
                .flatMap { $0.1.map { UserID($0.text(0)) } }
        } catch {
            guard error.mustReconnect else { throw error }
            if try await hasCommitted(self.batch, &kept) { return [] }
            throw DatabaseFault.lost("the batch was not committed: \(error)")
        }
    }

    private func announce(_ set: WorkingSet, _ told: [UserID]) {
        let shared = shared.value
        shared.noteNewest(set.head.newest)
        guard let observer = shared.observer else { return }
        for id in Set(set.writes.touched.map { UserID($0) }).union(told) { observer(id) }
    }
}

/// The outcome of a decision on its way to the caller.
private final class Decided<Outcome: Sendable> {
    var outcome: Outcome?
}
