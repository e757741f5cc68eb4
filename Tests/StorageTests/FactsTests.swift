import Encoding
import EventLoop
import Testing

@testable import Storage

@Suite struct FactsTests {
    @Test func `a decision that looks at more than it declared is stopped`() async {
        await #expect(processExitsWith: .success) {
            _ = Facts([.userID(UserID("a")), .messageCount], in: MemoryState()).messageCount
        }
        await #expect(processExitsWith: .failure) {
            _ = Facts([.userID(UserID("a"))], in: MemoryState()).hasUser(UserID("b"))
        }
        await #expect(processExitsWith: .failure) {
            _ = Facts([.userID(UserID("a"))], in: MemoryState()).user(UserID("a"))
        }
        await #expect(processExitsWith: .failure) {
            _ = Facts([.message(MessageID("m"))], in: MemoryState()).isUsed(MessageID("m"))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a pending removal of a user hides the user's messages from decisions`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("a", "b")
            try await store.add("m", from: "a", to: "b", at: 1)
            let gate = DiskGate.holding(.sync, of: disk)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    try await store.commit(.userRemoved(UserID("a")))
                }
                try await gate.arrival(loop)
                group.addTask(executorPreference: loop) {
                    let id = MessageID("m")
                    let isThere = try await store.commit(reading: [.message(id)]) { facts in
                        (nil, facts.message(id) != nil)
                    }
                    #expect(!isThere)
                    await #expect(throws: StorageFault.stale) {
                        try await store.commit(.messageReplaced(id, from: "v1:AAAA", to: "v2:B"))
                    }
                }
                try await loop.sleep(for: .milliseconds(5))
                gate.open()
                try await group.waitForAll()
            }
        }
    }
}
