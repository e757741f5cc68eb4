import Encoding
import EventLoop
import Glibc
import InMemoryLogging
import Logging
import Synchronization
import Testing
import TestSupport

@testable import Storage

@Suite struct JournalTests {
    @Test func `concurrent commits share an fsync`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            let before = disk.count(.sync)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...500 {
                    group.addTask(executorPreference: loop) {
                        let talk = Conversation(UserID("a"), UserID("b"))
                        try await store.commit(reading: [.lastTimestamp(talk)]) { facts in
                            let last = facts.lastTimestamp(in: talk) ?? 0
                            let message = StoredMessage.sample(
                                "m\(number)", from: "a", to: "b", at: last + 1)
                            return (.messageAdded(message), ())
                        }
                    }
                }
                try await group.waitForAll()
            }
            // The first goes alone; all that arrive while it is under way share the next.
            #expect(disk.count(.sync) - before <= 3)
            #expect(try await store.history("a", "b").map(\.timestamp) == Array(1...500))
        }
    }

    /// A store with a journal of several groups, and where each of its lines ends.
    private func sample(_ loop: EventLoop) async throws -> (SimulatedDisk, [UInt8]) {
        let disk = SimulatedDisk()
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("a", "b")
        for time in 1...4 { try await store.add("m\(time)", from: "a", to: "b", at: Int64(time)) }
        return (disk.afterKill(), try #require(disk.content("/data/journal-000001")))
    }

    @Test func `a journal cut at any byte holds what came before`() throws {
        try onLoop { loop in
            let (disk, journal) = try await sample(loop)
            var last = -1
            for cut in 0...journal.count {
                disk.setContent("/data/journal-000001", Array(journal.prefix(cut)))
                let opened: JSONStore
                do {
                    opened = try await JSONStore.open(disk.afterKill(), loop)
                } catch StorageFault.damaged {
                    // The first line was confirmed before the snapshot named it.
                    #expect(cut < 80)
                    continue
                }
                let users = await opened.userCount
                let messages = await opened.messageCount
                #expect(users + messages >= last && (messages == 0 || users == 2))
                last = users + messages
                if users == 2 {
                    // It takes changes where the torn part was.
                    try await opened.add("new", from: "b", to: "a", at: 100)
                    #expect(try await opened.history("a", "b").last?.id.text == "new")
                }
            }
            #expect(last == 6)
        }
    }

    @Test func `a flipped byte is noticed unless it may be a torn tail`() throws {
        try onLoop { loop in
            let (disk, journal) = try await sample(loop)
            // The last group: its own line and one change.
            let newlines = journal.indices.filter { journal[$0] == UInt8(ascii: "\n") }
            let lastGroup = newlines[newlines.count - 3] + 1
            for index in journal.indices {
                var flipped = journal
                flipped[index] ^= 1 << UInt8(index % 8)
                disk.setContent("/data/journal-000001", flipped)
                do {
                    let opened = try await JSONStore.open(disk.afterKill(), loop)
                    #expect(index >= lastGroup, "byte \(index)")
                    #expect(await opened.messageCount == 3)
                } catch StorageFault.damaged(let file, let offset, _) {
                    #expect(file == "/data/journal-000001")
                    #expect((offset ?? .max) <= index && index < lastGroup, "byte \(index)")
                }
            }
        }
    }

    @Test func `a clean close leaves nothing that may be a torn tail`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            await store.announceDurable()
            let journal = try #require(disk.content("/data/journal-000001"))
            let lines = journal.split(separator: UInt8(ascii: "\n"))
            let lastLine = journal.count - (lines.last?.count ?? 0) - 1
            for index in 0..<lastLine {
                var flipped = journal
                flipped[index] ^= 0x10
                let damaged = disk.afterKill()
                damaged.setContent("/data/journal-000001", flipped)
                await #expect(throws: StorageFault.self, "byte \(index)") {
                    try await JSONStore.open(damaged, loop)
                }
            }
        }
    }

    @Test(arguments: [ENOSPC, EDQUOT, EROFS])
    func `a full disk refuses changes and is tried again`(error: Int32) throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let log = InMemoryLogHandler()
            let store = try await JSONStore.open(
                disk, loop, logger: .test(log))
            try await store.addUsers("a", "b")
            let before = disk.content("/data/journal-000001")
            let writes = Mutex(0)
            // Half of the group fits.
            disk.disturb { operation in
                guard operation.call == .write else { return nil }
                return writes.withLock { writes in
                    writes += 1
                    return writes == 1 ? .short(50) : .fail(error)
                }
            }
            await #expect(throws: StorageFault.full) {
                try await store.add("m1", from: "a", to: "b", at: 1)
            }
            #expect(disk.content("/data/journal-000001") == before)
            #expect(await store.state == .open)
            #expect(await store.user(UserID("a")) != nil)
            // Not even tried within the next seconds.
            let tried = disk.count(.write)
            await #expect(throws: StorageFault.full) {
                try await store.add("m1", from: "a", to: "b", at: 1)
            }
            #expect(disk.count(.write) == tried)
            #expect(log.entries.count { "\($0.message)".contains("is full") } == 1)
            disk.disturb(nil)
            await store.endFullDiskRest()
            for number: Int64 in 1...2 {
                try await store.add("m\(number)", from: "a", to: "b", at: number)
            }
            #expect(log.entries.count { "\($0.message)".contains("room again") } == 1)
            let reopened = try await JSONStore.open(disk.afterKill(), loop)
            #expect(try await reopened.history("a", "b").count == 2)
        }
    }

    @Test(arguments: [SimulatedDisk.Call.write, .sync])
    func `a failed disk takes no changes until the next start`(call: SimulatedDisk.Call) throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            try await store.add("m1", from: "a", to: "b", at: 1)
            disk.disturb { $0.call == call ? .fail(EIO) : nil }
            // Those who wait with it are told the same, and nothing of them is seen.
            await withTaskGroup(of: Void.self) { group in
                for number in 2...5 {
                    group.addTask(executorPreference: loop) {
                        await #expect(throws: StorageFault.self) {
                            try await store.add(
                                "m\(number)", from: "a", to: "b", at: Int64(number))
                        }
                    }
                }
            }
            disk.disturb(nil)
            let syncs = disk.count(.sync)
            await #expect(throws: StorageFault.self) { try await store.addUsers("c") }
            #expect(disk.count(.sync) == syncs)
            guard case .readOnly = await store.state else {
                Issue.record("it takes changes")
                return
            }
            #expect(try await store.history("a", "b").map(\.id.text) == ["m1"])
            try await store.commit(reading: [.messageID(MessageID("m3"))]) { facts in
                #expect(!facts.isUsed(MessageID("m3")))
                return (nil, ())
            }
        }
    }

    @Test func `interrupted and short calls are carried through`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let random = Mutex(SeededGenerator(seed: 7))
            disk.disturb { operation in
                guard operation.call == .write || operation.call == .read else { return nil }
                return random.withLock { random in
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: .fail(EINTR)
                    case 1: .short(Int.random(in: 1...40, using: &random))
                    default: nil
                    }
                }
            }
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            try await store.addMessages(20)
            try await store.fold()
            disk.setCold(true)
            #expect(try await store.history("a", "b").count == 20)
            let reopened = try await JSONStore.open(disk.afterKill(), loop)
            #expect(try await reopened.history("a", "b").count == 20)
        }
    }

    @Test func `a full disk does not stop a start`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            try await store.add("m1", from: "a", to: "b", at: 1)
            for (existing, count) in [(disk.afterKill(), 1), (SimulatedDisk(), 0)] {
                existing.disturb { operation in
                    switch operation.call {
                    case .write: .fail(ENOSPC)
                    default: nil
                    }
                }
                let opened = try await JSONStore.open(existing, loop)
                #expect(await opened.messageCount == count)
                await #expect(throws: StorageFault.full) { try await opened.addUsers("c") }
                existing.disturb(nil)
                await opened.endFullDiskRest()
                try await opened.addUsers("c")
                let reopened = try await JSONStore.open(existing.afterKill(), loop)
                #expect(await reopened.user(UserID("c")) != nil)
            }
        }
    }
}

extension JSONStore {
    /// As if the seconds a full disk is left alone had passed.
    func endFullDiskRest() async { await commits.endRest() }
}

extension GroupCommit {
    fileprivate func endRest() { fullUntil = loop.now }
}
