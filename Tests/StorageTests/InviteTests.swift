import Encoding
import EventLoop
import Testing
import TestSupport

@testable import Storage

@Suite struct InviteTests {
    private let first = Invite(digest: "0a", expiresAt: 20)
    private let second = Invite(digest: "1b", expiresAt: 10)

    private func snapshot(_ disk: SimulatedDisk) throws -> String {
        String(decoding: try #require(disk.content("/data/db.json")), as: UTF8.self)
    }

    @Test func `invitations outlive a kill a fold and an edit`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.commit(.invitesAdded([first, second]))
            for reopened in [store, try await JSONStore.open(disk.afterKill(), loop)] {
                #expect(await reopened.invites() == [second, first])
                #expect(await reopened.invite("0a") == first)
            }
            try await store.fold()
            await store.close()
            #expect(try snapshot(disk).contains(#""invites":{"0a":20,"1b":10},"markers":true,"#))
            let edited = disk.afterKill()
            _ = try StoreFolder("/data", disk: edited).accept()
            for found in [disk.afterKill(), edited] {
                let reopened = try await JSONStore.open(found, loop)
                #expect(await reopened.invites() == [second, first])
            }
        }
    }

    @Test func `a decision sees that an invitation is about to be used`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.commit(.invitesAdded([first]))
            let gate = DiskGate.holding(.sync, of: disk)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    try await store.commit(.userInvited(.named("ana"), by: "0a"))
                }
                try await gate.arrival(loop)
                #expect(await store.invite("0a") != nil, "it is not durable yet")
                group.addTask(executorPreference: loop) {
                    try await store.commit(reading: [.invite("0a"), .invites]) { facts in
                        #expect(facts.invite("0a") == nil && facts.invites.isEmpty)
                        return (nil, ())
                    }
                }
                gate.open()
                try await group.waitForAll()
            }
        }
    }

    @Test func `a store without invitations keeps its earlier format`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.commit(.invitesAdded([first]))
            try await store.commit(.invitesRemoved(["0a"]))
            try await store.fold()
            #expect(try !snapshot(disk).contains("invites"))
        }
    }

    @Test func `the number of messages is the one at the decision`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi")
            try await store.add("m0", from: "ana", to: "budi", at: 1)
            let gate = DiskGate.holding(.sync, of: disk)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    try await store.add("m1", from: "ana", to: "budi", at: 2)
                }
                try await gate.arrival(loop)
                let decided = Shared(0)
                for number in 2..<5 {
                    group.addTask(executorPreference: loop) {
                        try await store.commit(reading: [.messageCount]) { facts in
                            #expect(facts.messageCount == number)
                            decided.add()
                            let message = StoredMessage.sample(
                                "m\(number)", from: "ana", to: "budi", at: Int64(number) + 1)
                            return (.messageAdded(message), ())
                        }
                    }
                }
                try await loop.eventually { decided.value == 3 }
                #expect(await store.messageCount == 1)
                gate.open()
                try await group.waitForAll()
            }
            disk.disturb(nil)
            #expect(await store.messageCount == 5)
            try await store.commit(reading: [.messageCount]) { facts in
                #expect(facts.messageCount == 5)
                return (nil, ())
            }
        }
    }
}
