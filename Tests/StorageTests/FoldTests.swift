import Encoding
import EventLoop
import Glibc
import Synchronization
import Testing
import TestSupport

@testable import Storage

@Suite struct FoldTests {
    @Test func `a fold leaves one file that holds all`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            try await store.add("m1", from: "a", to: "b", at: 1)
            try await store.fold()
            #expect(disk.files == ["/data/db.json", "/data/journal-000002", "/data/lock"])
            let text = String(decoding: try #require(disk.content("/data/db.json")), as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines[0] == #"{"users": ["#)
            #expect(lines[3] == #"], "chats": ["#)
            #expect(lines[5] == "],")
            #expect(lines[6].hasPrefix(#""meta": {"format":2,"store":""#) && lines[7] == "")
            // Nothing to do: nothing is written.
            let written = disk.bytesWritten
            try await store.fold()
            #expect(disk.bytesWritten == written)
            try await store.add("m2", from: "a", to: "b", at: 2)
            let reopened = try await JSONStore.open(disk.afterKill(), loop)
            #expect(try await reopened.history("a", "b").map(\.id.text) == ["m1", "m2"])
        }
    }

    @Test func `a snapshot with any byte changed or cut stops the start`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            try await store.add("m1", from: "a", to: "b", at: 1)
            try await store.fold()
            let snapshot = try #require(disk.content("/data/db.json"))
            func expectDamage(_ content: [UInt8], _ what: String) async {
                let damaged = disk.afterKill()
                damaged.setContent("/data/db.json", content)
                do {
                    _ = try await JSONStore.open(damaged, loop)
                    Issue.record("\(what) was not noticed")
                } catch let fault as StorageFault {
                    #expect(fault.damagedFile == "/data/db.json", "\(what): \(fault)")
                } catch { Issue.record("\(what): \(error)") }
                #expect(damaged.content("/data/db.json") == content)
            }
            for index in snapshot.indices {
                var flipped = snapshot
                flipped[index] ^= 1 << UInt8(index % 8)
                await expectDamage(flipped, "byte \(index)")
                await expectDamage(Array(snapshot.prefix(index)), "cut at \(index)")
            }
            await expectDamage(snapshot + [0x0A], "a byte more")
            await expectDamage([UInt8](repeating: 0, count: snapshot.count), "zeros")
            let lost = disk.afterKill()
            lost.remove("/data/db.json")
            await #expect(throws: StorageFault.self) { try await JSONStore.open(lost, loop) }
            let journalLost = disk.afterKill()
            journalLost.remove("/data/journal-000002")
            await #expect(throws: StorageFault.self) {
                try await JSONStore.open(journalLost, loop)
            }
        }
    }

    @Test func `writers and readers go on during a fold`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            try await store.addMessages(10)
            let gate = DiskGate.holding(.rename, of: disk)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) { try await store.fold() }
                try await gate.arrival(loop)
                try await store.add("m11", from: "b", to: "a", at: 11)
                try await store.commit(
                    .messageReplaced(MessageID("m3"), from: "v1:AAAA", to: "v2:BBBB"))
                try await store.addUsers("c")
                try await store.add("m12", from: "a", to: "c", at: 5)
                #expect(try await store.history("a", "b").count == 11)
                gate.open()
                try await group.waitForAll()
            }
            for store in [store, try await JSONStore.open(disk.afterKill(), loop)] {
                let expected = Array(1...11)
                let history = try await store.history("a", "b")
                #expect(history.map { Int($0.timestamp) } == expected)
                #expect(history.map(\.id.text) == expected.map { "m\($0)" })
                #expect(history[2].content == "v2:BBBB")
                #expect(try await store.history("a", "c").map(\.id.text) == ["m12"])
            }
            try await store.fold()
            let reopened = try await JSONStore.open(disk.afterKill(), loop)
            #expect(try await reopened.history("a", "b").count == 11)
            #expect(try await reopened.message(MessageID("m3"))?.content == "v2:BBBB")
        }
    }

    @Test func `a reader keeps the files it began with`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            try await store.addMessages(10)
            try await store.fold()
            disk.setCold(true)
            let gate = DiskGate()
            let isFirst = Mutex(true)
            disk.disturb { operation in
                let waits =
                    operation.call == .read
                    && isFirst.withLock { isFirst in
                        defer { isFirst = false }
                        return isFirst
                    }
                if waits { gate.wait() }
                return nil
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    let history = try await store.history("a", "b")
                    #expect(history.map(\.id.text) == (1...10).map { "m\($0)" })
                }
                try await gate.arrival(loop)
                try await store.commit(.userRemoved(UserID("b")))
                try await store.fold()
                try await store.fold()
                gate.open()
                try await group.waitForAll()
            }
            #expect(try await store.history("a", "b").isEmpty)
        }
    }

    @Test func `a fold that fails leaves everything as it was`() throws {
        try onLoop { loop in
            let calls: [SimulatedDisk.Call] = [.create, .write]
            for (error, call) in [ENOSPC, EIO, EMFILE].flatMap({ error in
                calls.map { (error, $0) }
            }) {
                let disk = SimulatedDisk()
                let store = try await JSONStore.open(disk, loop)
                try await store.addUsers("a", "b")
                try await store.add("m1", from: "a", to: "b", at: 1)
                disk.disturb { operation in
                    operation.path.hasSuffix(".tmp") && operation.call == call
                        ? .fail(error) : nil
                }
                await #expect(throws: StorageFault.self) { try await store.fold() }
                #expect(!disk.files.contains("/data/db.json.tmp"))
                try await store.add("m2", from: "a", to: "b", at: 2)
                #expect(try await store.history("a", "b").count == 2)
                let reopened = try await JSONStore.open(disk.afterKill(), loop)
                #expect(try await reopened.history("a", "b").count == 2)
                disk.disturb(nil)
                try await store.fold()
                // If its file cannot be created, no new segment begins either.
                let journal = "/data/journal-00000\(call == .create ? 2 : 3)"
                #expect(disk.files == ["/data/db.json", journal, "/data/lock"])
                #expect(try await store.history("a", "b").count == 2)
            }
        }
    }

    @Test func `a shortage of descriptors when a segment begins leaves the store open`() throws {
        try onLoop { loop in
            for call in [SimulatedDisk.Call.create, .openFolder] {
                let disk = SimulatedDisk()
                let store = try await JSONStore.open(disk, loop)
                try await store.addUsers("a", "b")
                disk.disturb { $0.call == call ? .fail(EMFILE) : nil }
                do {
                    try await store.fold()
                    Issue.record("it had no descriptor for \(call)")
                } catch StorageFault.shortage {}
                #expect(await store.state == .open)
                try await store.add("m1", from: "a", to: "b", at: 1)
                disk.disturb(nil)
                try await store.fold()
                #expect(disk.files == ["/data/db.json", "/data/journal-000002", "/data/lock"])
                let reopened = try await JSONStore.open(disk.afterKill(), loop)
                #expect(try await reopened.history("a", "b").map(\.id.text) == ["m1"])
            }
        }
    }

    @Test func `a fold closes the files it replaced`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            await store.close()
            let opened = try await JSONStore.open(disk, loop)
            try await opened.add("m1", from: "a", to: "b", at: 1)
            try await opened.fold()
            try await opened.add("m2", from: "a", to: "b", at: 2)
            try await opened.fold()
            // The lock, the snapshot and the segment; the first store holds its own.
            let held = disk.openCount
            try await opened.add("m3", from: "a", to: "b", at: 3)
            try await opened.fold()
            #expect(disk.openCount == held && held <= 5)
        }
    }

    @Test func `closing does not wait for the fold of a large store`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            let content = String(repeating: "x", count: 1 << 20)
            for time in 1...9 {
                try await store.add(
                    "m\(time)", from: "a", to: "b", at: Int64(time), content: content)
            }
            try await store.fold()
            try await store.add("m10", from: "a", to: "b", at: 10)
            let gate = DiskGate()
            disk.disturb { operation in
                if operation.call == .write, operation.path.hasSuffix(".tmp") { gate.wait() }
                return nil
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    await #expect(throws: StorageFault.closed) { try await store.fold() }
                }
                try? await gate.arrival(loop)
                group.addTask(executorPreference: loop) { await store.close() }
                while !(await store.isClosed) { await Task.yield() }
                gate.open()
            }
            #expect(!disk.files.contains("/data/db.json.tmp"))
            let reopened = try await JSONStore.open(disk, loop)
            #expect(try await reopened.history("a", "b").count == 10)
        }
    }

    @Test func `damage is not signed anew`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            try await store.add("m1", from: "a", to: "b", at: 1)
            try await store.fold()
            try await store.add("m2", from: "a", to: "b", at: 2)
            let file = try disk.open("/data/db.json", .writing)
            try file.writeAll([0x41], at: 60)
            await #expect(throws: StorageFault.self) { try await store.fold() }
            #expect(disk.files.contains("/data/journal-000002"))
        }
    }

    @Test func `quiet and closing each fold a small store`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) { await store.maintain() }
                try await store.addUsers("a", "b")
                try await loop.eventually { disk.files.contains("/data/journal-000002") }
                try await store.add("m1", from: "a", to: "b", at: 1)
                await store.close()
                try await group.waitForAll()
            }
            #expect(disk.files == ["/data/db.json", "/data/journal-000003", "/data/lock"])
            await #expect(throws: StorageFault.closed) { try await store.addUsers("c") }
            let reopened = try await JSONStore.open(disk, loop)
            #expect(await reopened.messageCount == 1)
        }
    }
}
