import EventLoop
import Testing

@testable import Storage

@Suite struct FoldPolicyTests {
    private let start = MonotonicTime(nanoseconds: 0)

    /// A store in numbers: what it would write to the disk.
    private struct Model {
        /// A message with UUIDs and the shortest content, and what its line and, alone in its
        /// group, the group's line add.
        static let record: Int64 = 229
        static let journalLine: Int64 = 31
        static let groupLine: Int64 = 36

        var policy = FoldPolicy()
        var snapshot: Int64 = 200
        var journal: Int64 = 0
        var unfoldedRecords: Int64 = 0
        var written: Int64 = 200
        var records: Int64 = 0

        mutating func append(at time: MonotonicTime) {
            let bytes = Self.record + Self.journalLine + Self.groupLine
            journal += bytes
            written += bytes
            records += Self.record
            unfoldedRecords += Self.record + 2
            policy.appended(bytes: Int(bytes), at: time)
        }

        mutating func foldIfDue(at time: MonotonicTime) {
            let isLarge = policy.isLarge(snapshotBytes: snapshot, journalBytes: journal)
            guard
                policy.decision(snapshotBytes: snapshot, journalBytes: journal, at: time) == .now
            else { return }
            policy.sealed()
            fold()
            policy.folded(bytes: snapshot, afterQuiet: !isLarge, at: time)
        }

        mutating func fold() {
            snapshot += unfoldedRecords
            written += snapshot
            unfoldedRecords = 0
            journal = 0
        }
    }

    @Test func `continuous writing stays under four bytes a byte at every size`() {
        var model = Model()
        for number in 0..<1_000_000 {
            // A message every 10 ms: never 2 s of quiet.
            let time = start + .milliseconds(10 * number)
            model.append(at: time)
            model.foldIfDue(at: time)
            if number >= 10 {
                #expect(model.written < 4 * model.records, "after \(number + 1) messages")
                if model.written >= 4 * model.records { return }
            }
        }
        #expect(model.snapshot > 100 << 20)
    }

    @Test func `a store folded at shutdown stays under four bytes a byte`() {
        for count in [10, 100, 1000, 10_000, 100_000] {
            var model = Model()
            for number in 0..<count {
                let time = start + .milliseconds(number)
                model.append(at: time)
                model.foldIfDue(at: time)
            }
            let folds = model.policy.foldsAtShutdown(snapshotBytes: model.snapshot)
            if folds, model.journal > 0 { model.fold() }
            #expect(model.written < 4 * model.records, "\(count) messages")
        }
    }

    @Test func `a long trickle writes no more than its allowance`() {
        var model = Model()
        for number in 0..<200_000 {
            let time = start + .seconds(3 * number)
            model.append(at: time)
            model.foldIfDue(at: time)
            model.foldIfDue(at: time + FoldPolicy.quietTime)
        }
        // The journal, folds of a large journal, and what quiet folds may cost.
        let journal = 200_000 * (Model.record + Model.journalLine + Model.groupLine)
        let folds = FoldPolicy.firstAllowance + 2 * journal + 3 * model.snapshot
        #expect(model.written < journal + folds)
    }

    @Test func `a small store is folded after two seconds of quiet`() {
        var policy = FoldPolicy()
        policy.appended(bytes: 300, at: start)
        #expect(
            policy.decision(snapshotBytes: 1000, journalBytes: 300, at: start)
                == .at(start + .seconds(2)))
        #expect(
            policy.decision(
                snapshotBytes: 1000, journalBytes: 300, at: start + .seconds(2)) == .now)
        #expect(
            policy.decision(snapshotBytes: 1000, journalBytes: 0, at: start + .seconds(9))
                == .nothing)
        #expect(
            policy.decision(
                snapshotBytes: 8 << 20, journalBytes: 300, at: start + .seconds(9)) == .nothing)
    }

    @Test func `a failed fold is tried again later and later`() {
        var policy = FoldPolicy()
        policy.appended(bytes: 300, at: start)
        var time = start + .seconds(5)
        for delay in [30, 60, 120] {
            policy.failed(at: time)
            let next = time + .seconds(delay)
            #expect(
                policy.decision(snapshotBytes: 1000, journalBytes: 300, at: time) == .at(next))
            #expect(policy.decision(snapshotBytes: 1000, journalBytes: 300, at: next) == .now)
            time = next
        }
        policy.folded(bytes: 1300, afterQuiet: true, at: time)
        policy.appended(bytes: 300, at: time)
        #expect(
            policy.decision(
                snapshotBytes: 1000, journalBytes: 300, at: time + .seconds(2)) == .now)
    }

    @Test func `a removal leaves a large store once in a day, and a busy small one in a minute`() {
        var policy = FoldPolicy()
        let large = FoldPolicy.smallBytesMax * 10
        func decision(_ snapshot: Int64, at time: MonotonicTime) -> FoldPolicy.Decision {
            policy.decision(snapshotBytes: snapshot, journalBytes: 300, at: time)
        }
        policy.appended(bytes: 300, at: start)
        #expect(decision(large, at: start + .seconds(9)) == .nothing)
        policy.appended(bytes: 300, at: start, removes: true)
        #expect(decision(large, at: start) == .at(start + .seconds(2)))
        #expect(decision(large, at: start + .seconds(2)) == .now)
        policy.sealed()
        policy.folded(bytes: large, afterQuiet: true, at: start + .seconds(3))
        policy.appended(bytes: 300, at: start + .seconds(4), removes: true)
        let next = start + .seconds(3) + FoldPolicy.removalInterval
        #expect(decision(large, at: start + .seconds(99)) == .at(next))
        #expect(decision(large, at: next) == .now)
        // A change each second: never quiet.
        policy = FoldPolicy()
        policy.appended(bytes: 300, at: start + .seconds(4), removes: true)
        for second in 5..<54 {
            policy.appended(bytes: 300, at: start + .seconds(second))
            #expect(decision(1000, at: start + .seconds(second)) != .now)
        }
        policy.appended(bytes: 300, at: start + .seconds(54))
        #expect(decision(1000, at: start + .seconds(54)) == .now)
    }

    @Test func `a removal during a fold waits for the next one, and outlives one that fails`() {
        let large = FoldPolicy.smallBytesMax * 10
        var policy = FoldPolicy()
        func decision(at time: MonotonicTime) -> FoldPolicy.Decision {
            policy.decision(snapshotBytes: large, journalBytes: 300, at: time)
        }
        policy.appended(bytes: 300, at: start, removes: true)
        policy.sealed()
        policy.failed(at: start + .seconds(3))
        let retry = start + .seconds(3) + FoldPolicy.firstRetryDelay
        #expect(decision(at: retry) == .now)
        policy.sealed()
        policy.appended(bytes: 300, at: retry, removes: true)
        policy.folded(bytes: large, afterQuiet: true, at: retry)
        let next = retry + FoldPolicy.removalInterval
        #expect(decision(at: retry + .seconds(99)) == .at(next))
        #expect(decision(at: next) == .now)
        policy.sealed()
        policy.folded(bytes: large, afterQuiet: true, at: next)
        #expect(decision(at: next + FoldPolicy.removalInterval) == .nothing)
    }
}
