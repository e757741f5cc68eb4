import Encoding
import Storage
import Testing
import TestSupport

@testable import Chat

/// Sends of one id at once: each duplicate is woken once, and a user has few that wait.
@Suite struct PendingSendsTests {
    private let id = MessageID("b3f0")
    private let sender = UserID("id-siti")
    private static let count = PendingSends<Int>.waitingPerUserMax
    private static let many = 1_000

    @Test func `a send that succeeds wakes each duplicate once`() {
        var pending = pendingSends()
        let woken = pending.finish(id)
        #expect(Array(woken) == Array(0..<Self.count))
        #expect(pending.isEmpty)
    }

    @Test func `sends that fail wake one duplicate at a time in the order of their coming`() {
        var pending = pendingSends()
        for duplicate in 0..<Self.count {
            let (woken, isFree) = (pending.handOver(id), pending.begin(id))
            #expect(woken == duplicate)
            #expect(!isFree, "whoever was woken is the one who sends")
        }
        let last = pending.handOver(id)
        #expect(last == nil && pending.isEmpty)
    }

    @Test func `a send does not wait for sends of other ids`() {
        var pending = pendingSends()
        let other = MessageID("c4a1")
        let isFree = pending.begin(other)
        #expect(isFree)
        let woken = pending.finish(other)
        #expect(woken.isEmpty && !pending.isEmpty)
    }

    @Test func `a user has few duplicates that wait, over all ids, and others have theirs`() {
        var pending = pendingSends()
        let other = MessageID("c4a1")
        let isFree = pending.begin(other)
        let mayWait = pending.wait(9, of: sender, for: other)
        #expect(isFree && !mayWait)
        let othersMayWait = pending.wait(10, of: UserID("id-budi"), for: id)
        #expect(othersMayWait)
        let woken = pending.handOver(id)
        let mayWaitAgain = pending.wait(11, of: sender, for: other)
        #expect(woken == 0 && mayWaitAgain)
        let rest = (pending.finish(id), pending.finish(other))
        #expect(rest.0 == Array(1..<Self.count) + [10] && rest.1 == [11])
        #expect(pending.isEmpty)
    }

    /// One send of the id, and as many duplicates of it as may wait.
    private func pendingSends() -> PendingSends<Int> {
        var pending = PendingSends<Int>()
        let isFirst = pending.begin(id)
        #expect(isFirst)
        for duplicate in 0..<Self.count {
            let isFree = pending.begin(id)
            #expect(!isFree)
            let waits = pending.wait(duplicate, of: sender, for: id)
            #expect(waits)
        }
        return pending
    }

    @Test func `a thousand sends of one id cause one seal and no open`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            rules.base.vault.change { $0.hangs = true }
            let refused = Shared(0)
            let sent = try await withThrowingTaskGroup(of: Message?.self) { group in
                for _ in 0..<Self.many {
                    group.addTask(executorPreference: rules.base.loop) { [id] in
                        do {
                            return try await rules.messages.send(
                                from: siti, to: budi, "halo", id: id)
                        } catch ChatFault.tooManyMessages {
                            refused.add(1)
                            return nil
                        }
                    }
                }
                // The others are refused while the first hangs.
                try await rules.base.loop.eventually {
                    refused.value == Self.many - 1 - Self.count
                }
                rules.base.vault.change { $0.hangs = false }
                return try await group.reduce(into: [Message]()) { sent, message in
                    if let message { sent.append(message) }
                }
            }
            #expect(sent.count == 1 + Self.count)
            #expect(sent.allSatisfy { $0 == sent[0] })
            #expect(rules.base.vault.texts == ["halo"])
        }
    }

    @Test func `a duplicate with another text or other people is told so without the vault`() throws
    {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            rules.base.vault.change { $0.hangs = true }
            await withTaskGroup(of: ChatFault?.self) { group in
                let attempts: [(UserID, UserID, ByteText)] = [
                    (siti, budi, "halo"), (siti, budi, "hai"), (budi, siti, "halo"),
                ]
                for (sender, receiver, text) in attempts {
                    group.addTask(executorPreference: rules.base.loop) { [id] in
                        do {
                            _ = try await rules.messages.send(
                                from: sender, to: receiver, text, id: id)
                            return nil
                        } catch { return error as? ChatFault }
                    }
                }
                for _ in 0..<100 { await Task.yield() }
                rules.base.vault.change { $0.hangs = false }
                let faults = await group.reduce(into: []) { $0.append($1) }
                #expect(faults.count { $0 == .idReused } == 2)
            }
            #expect(rules.base.vault.texts.count == 1)
        }
    }

    @Test func `every duplicate of a failed send is answered`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            rules.base.vault.change {
                $0.hangs = true
                $0.fault = .unavailable("away")
            }
            let failed = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<Self.many {
                    group.addTask(executorPreference: rules.base.loop) { [id] in
                        let sent = try? await rules.messages.send(
                            from: siti, to: budi, "halo", id: id)
                        return sent == nil
                    }
                }
                for _ in 0..<100 { await Task.yield() }
                rules.base.vault.change { $0.hangs = false }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failed == Self.many)
            rules.base.vault.change { $0.fault = nil }
            try await rules.base.reaches(.ready)
            let sent = try await rules.messages.send(from: siti, to: budi, "halo", id: id)
            #expect(sent.id == id)
        }
    }
}
