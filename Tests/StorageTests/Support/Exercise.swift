import Encoding
import EventLoop
import Testing

@testable import Storage

/// Performs every operation of a store. With any files each step must succeed or throw a
/// `StorageFault`; no step may trap.
struct Exercise {
    let loop: EventLoop
    /// The fault of each step.
    private(set) var faults: [String: StorageFault] = [:]
    private(set) var done: Set<String> = []
    private(set) var history: [StoredMessage] = []
    private(set) var exhaustedCount = 0

    init(_ loop: EventLoop) { self.loop = loop }

    /// Whether the step was done.
    func did(_ step: String) -> Bool { done.contains(step) }

    /// Verifies and copies the stopped store, opens it, reads and changes all, folds, copies, and
    /// opens it again.
    mutating func run(_ disk: SimulatedDisk) async throws {
        await step("verify") {
            $0.exhaustedCount = try StoreFolder("/data", disk: disk).verify().exhaustedCount
        }
        await step("backup stopped") { _ in
            _ = try StoreFolder("/data", disk: disk).backup(to: "/stopped")
        }
        await step("open") { exercise in
            let store = try await JSONStore.open(disk, exercise.loop)
            await exercise.read(store)
            await exercise.change(store)
            await exercise.step("fold") { _ in try await store.fold() }
            await exercise.step("backup") { _ in _ = try await store.backup(to: "/copy") }
            await exercise.step("delete") { _ in
                try await store.commit(.userRemoved(UserID("ana")))
            }
            await exercise.step("fold again") { _ in try await store.fold() }
            await store.close()
        }
        if did("open") {
            await step("open again") { exercise in
                await (try JSONStore.open(disk, exercise.loop)).close()
            }
            #expect(did("open again"), "what was closed is not opened: \(faults)")
        }
    }

    /// Signs the snapshot as one that was edited, then as above.
    mutating func accept(_ disk: SimulatedDisk) async throws {
        await step("accept") { _ in _ = try StoreFolder("/data", disk: disk).accept() }
        try await run(disk)
        if did("accept") { #expect(did("open"), "what was accepted is not opened: \(faults)") }
    }

    private mutating func read(_ store: JSONStore) async {
        await step("friends") { _ in
            for name in ["ana", "budi", "citra", ""] as [ByteText] {
                _ = await store.contacts(of: UserID(name))
                _ = store.revision(of: UserID(name))
            }
        }
        await step("history") { exercise in
            exercise.history = try await store.history("ana", "budi")
            let talk = Conversation(UserID("ana"), UserID("budi"))
            for bound in [Int64.min, -1, 0, 1, 3000, .max] {
                for newest in [false, true] {
                    for limit in [Int.min, 0, 1, .max] {
                        _ = try await store.messages(
                            in: talk,
                            MessageRange(after: bound, limit: limit, keepsNewest: newest))
                        _ = try await store.messages(
                            in: talk,
                            MessageRange(before: bound, limit: limit, keepsNewest: newest))
                    }
                }
            }
            _ = try await store.history("ana", "ana")
            for bound in [Int64.min, 0, 600, .max] {
                var range = MessageRange()
                range.deletedAfter = bound
                _ = try await store.messages(in: talk, range)
            }
        }
    }

    private mutating func change(_ store: JSONStore) async {
        let talk = Conversation(UserID("ana"), UserID("budi"))
        await step("send") { _ in
            try await store.commit(reading: [.lastTimestamp(talk)]) { facts in
                let last = facts.lastTimestamp(in: talk) ?? 0
                let next = last.addingReportingOverflow(1).partialValue
                return (.messageAdded(.sample("new", from: "ana", to: "budi", at: next)), ())
            }
        }
        await step("send to another") { _ in
            let newest = store.newestTimestamp
            let next = newest.addingReportingOverflow(1).partialValue
            try await store.add("other", from: "ana", to: "citra", at: next)
        }
        await step("delete a message") { _ in
            let needs: [Fact] = [.message(MessageID("m1")), .lastTimestamp(talk)]
            try await store.commit(reading: needs) { facts in
                let last = facts.lastTimestamp(in: talk) ?? 0
                let next = last.addingReportingOverflow(1).partialValue
                let message = facts.message(MessageID("m1"))
                return (message.map { .messageDeleted($0.tombstone(at: next)) }, ())
            }
        }
        await step("rewrap") { _ in
            for message in try await Self.messages(store) where !message.isDeleted {
                try await store.commit(
                    .messageReplaced(message.id, from: message.content, to: "v9:Z"))
            }
        }
        await step("sign out") { _ in
            guard var user = await store.user(UserID("ana")) else { return }
            user.epoch = .max
            try await store.commit(.userChanged(user))
        }
    }

    private static func messages(_ store: JSONStore) async throws -> [StoredMessage] {
        var all: [StoredMessage] = []
        var cursor: ScanCursor?
        repeat {
            let (messages, next) = try await store.scan(after: cursor, limit: 2)
            all += messages
            cursor = next
        } while cursor != nil
        return all
    }

    private mutating func step(
        _ name: String, _ body: (inout Exercise) async throws -> Void
    ) async {
        do {
            try await body(&self)
            done.insert(name)
        } catch let fault as StorageFault {
            faults[name] = fault
        } catch BackupFault.store(let fault) {
            faults[name] = fault
        } catch {
            Issue.record("\(name): \(error)")
        }
    }
}
