import EventLoop
import Testing
import TestSupport

@testable import Storage

@Suite struct RandomStoreTests {
    private static let names = (0..<8).map { "u\($0)" }

    @Test(arguments: [1, 2, 3, UInt64.random(in: 0..<1_000_000)])
    func `any run of changes is there after any restart`(seed: UInt64) throws {
        try onLoop { loop in
            var random = SeededGenerator(seed: seed)
            var disk = SimulatedDisk()
            var store = try await JSONStore.open(disk, loop)
            var model = PlainModel()
            for number in 0..<300 {
                if let change = model.randomChange(Self.names, number: number, using: &random) {
                    try await store.commit(change)
                    model.apply(change)
                }
                switch Int.random(in: 0..<40, using: &random) {
                case 0: try await store.fold()
                case 1:
                    disk = disk.afterKill()
                    store = try await JSONStore.open(disk, loop)
                case 2:
                    let before = store.revisions(Self.names)
                    await store.close()
                    store = try await JSONStore.open(disk, loop)
                    let after = store.revisions(Self.names)
                    #expect(after == before, "seed \(seed), change \(number)")
                default: continue
                }
                let found = try await PlainModel(of: store, users: Self.names)
                #expect(found == model, "seed \(seed), change \(number)")
                if found != model { return }
            }
            try await store.fold()
            let found = try await PlainModel(of: store, users: Self.names)
            #expect(found == model, "seed \(seed)")
            #expect(await store.messageCount == model.messages.count)
        }
    }

    /// Commits and folds until the power fails at some call. The store must then hold all answered
    /// changes, and beyond them only changes that were under way.
    @Test(arguments: [11, 12, 13, 14, UInt64.random(in: 0..<1_000_000)])
    func `a power cut at any call loses nothing that was answered`(seed: UInt64) throws {
        try onLoop { loop in
            var random = SeededGenerator(seed: seed)
            for round in 0..<25 {
                let disk = SimulatedDisk()
                let cut = Int.random(in: 0..<150, using: &random)
                disk.disturb { $0.number >= cut ? .powerCut : nil }
                var (answered, underWay) = (PlainModel(), PlainModel())
                var work = random
                do {
                    let store = try await JSONStore.open(disk, loop)
                    for number in 0..<200 {
                        if number % 17 == 16 { try await store.fold() }
                        guard
                            let change = answered.randomChange(
                                Self.names, number: number, using: &work)
                        else { continue }
                        underWay.apply(change)
                        try await store.commit(change)
                        answered = underWay
                    }
                } catch is StorageFault {}
                _ = random.next()
                let found = try await Self.modelAfterPowerCut(disk, loop, &random)
                #expect(
                    found == answered || found == underWay,
                    "seed \(seed), round \(round), power cut at call \(cut)")
            }
        }
    }

    private static func modelAfterPowerCut(
        _ disk: SimulatedDisk, _ loop: EventLoop, _ random: inout SeededGenerator
    ) async throws -> PlainModel {
        let after = disk.afterPowerCut(using: &random)
        let store = try await JSONStore.open(after, loop)
        let found = try await PlainModel(of: store, users: names)
        // It goes on from there, and a second restart finds the same.
        try await store.fold()
        let again = try await JSONStore.open(after.afterKill(), loop)
        let second = try await PlainModel(of: again, users: names)
        #expect(second == found)
        return found
    }
}
