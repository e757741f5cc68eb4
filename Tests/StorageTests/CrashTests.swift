import EventLoop
import Glibc
import Testing
import TestSupport

@testable import Storage

/// At every call of the disk the process is killed, or the power goes, in each way it may go.
/// `script/crash` runs this for minutes: CRASH_MINUTES and CRASH_SEED set how long and from where.
@Suite struct CrashTests {
    private static let seed =
        environment("CRASH_SEED") ?? UInt64.random(in: 0..<1_000_000_000)
    private static let minutes = environment("CRASH_MINUTES") ?? 0

    private static func environment(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }

    @Test func `a crash at every call loses nothing answered and leaves nothing half`() throws {
        let end = time(nil) + Int(60 * Self.minutes)
        var (round, stops) = (UInt64(0), 0)
        var problem: String?
        repeat {
            let seed = Self.seed &+ round
            do {
                stops += try onLoop { loop in try await Self.stops(seed, loop) }
            } catch let found as Problem { problem = "seed \(seed): \(found)" }
            round += 1
        } while time(nil) < end && problem == nil
        print("crash: seeds \(Self.seed) to \(Self.seed &+ round - 1), \(stops) stops")
        #expect(problem == nil)
    }

    private struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// Some batches, with a crash at each call on the way; returns how many there were.
    private static func stops(_ seed: UInt64, _ loop: EventLoop) async throws -> Int {
        var stops = 0
        var random = SeededGenerator(seed: ~seed)
        var work = try await Workload(loop, seed: seed)
        for _ in 0..<(minutes == 0 ? 20 : 100) {
            try await work.runBatch()
            try await work.restartSometimes()
            let moments = work.witness.takeMoments()
            // Sometimes the workload itself goes on from there.
            let jump = Int.random(in: 0..<(moments.count * 5 + 1), using: &random)
            let way: Crash = Bool.random(using: &random) ? .torn : .killed
            for (index, moment) in moments.enumerated() {
                for cut in Crash.allCases {
                    let found = moment.disk.after(cut, using: &random)
                    let model: PlainModel
                    do {
                        model = try await contents(found, after: moment, loop, &random)
                    } catch {
                        throw Problem(
                            description: "\(cut) at stop \(stops), "
                                + "\(moment.operation): \(error)")
                    }
                    if index == jump, cut == way {
                        try await work.go(on: found, after: moment, holding: model)
                    }
                    stops += 1
                }
            }
        }
        return stops
    }

    /// Returns the contents of a store after a crash at a moment. Checks that it can go on from
    /// there.
    private static func contents(
        _ found: SimulatedDisk.State, after moment: Witness.Moment, _ loop: EventLoop,
        _ random: inout SeededGenerator
    ) async throws -> PlainModel {
        let disk = SimulatedDisk(found)
        let store = try await JSONStore.open(disk, loop)
        guard let model = try await Workload.contents(of: store) else {
            throw Problem(description: "a message is counted twice or not at all")
        }
        if let problem = moment.problem(with: model) { throw Problem(description: problem) }
        guard disk.files.allSatisfy({ !$0.hasSuffix(".tmp") }) else {
            throw Problem(description: "left behind: \(disk.files)")
        }
        var expected = model
        for number in 0..<Int.random(in: 0...3, using: &random) {
            let change = expected.randomChange(
                Workload.names, number: 1_000_000_000 + number, using: &random)
            guard let change else { continue }
            try await store.commit(change)
            expected.apply(change)
            if Int.random(in: 0..<6, using: &random) == 0 { try await store.fold() }
        }
        let again = try await JSONStore.open(disk.after(.allDropped, using: &random), loop)
        guard try await Workload.contents(of: again) == expected else {
            throw Problem(description: "what was found or written after the crash is not there")
        }
        return model
    }
}
