import Glibc
import Synchronization
import TestSupport
import Testing

@testable import EventLoop

/// An actor whose state lives on the loop's thread.
private actor Counter {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private(set) var count = 0

    init(loop: EventLoop) { self.loop = loop }

    func add() -> Bool {
        count += 1
        return loop.isCurrent
    }
}

/// Not Sendable, so that only its loop may use it.
private final class Bound {
    var number = 1
}

@Suite struct EventLoopTests {
    @Test func `main and its children run on the loop's thread`() throws {
        let loop = try EventLoop()
        let allOnLoop = try loop.run {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask(executorPreference: loop) {
                        try await loop.sleep(for: .milliseconds(1))
                        return loop.isCurrent
                    }
                }
                return try await group.allSatisfy { $0 }
            }
        }
        #expect(allOnLoop)
    }

    @Test func `a value bound to the loop is read on the loop`() throws {
        let loop = try EventLoop()
        let bound = LoopBound(Bound(), to: loop)
        #expect(try loop.run { bound.value.number } == 1)
    }

    @Test func `a value bound to the loop traps elsewhere`() async {
        await #expect(processExitsWith: .failure) {
            _ = LoopBound(Bound(), to: try EventLoop()).value
        }
    }

    @Test func `an actor pinned to the loop runs there for any caller`() throws {
        let loop = try EventLoop()
        let pool = WorkerPool(threads: 2, waitingMax: 100)
        defer { pool.stop() }
        let counter = Counter(loop: loop)
        let count = try loop.run {
            await withDiscardingTaskGroup { group in
                for index in 0..<40 {
                    let executor: any TaskExecutor = index.isMultiple(of: 2) ? loop : pool
                    group.addTask(executorPreference: executor) {
                        #expect(await counter.add())
                    }
                }
            }
            return await counter.count
        }
        #expect(count == 40)
    }

    @Test func `an error of the main task is rethrown`() throws {
        struct Oops: Error {}
        let loop = try EventLoop()
        #expect(throws: Oops.self) { try loop.run { throw Oops() } }
        let seven = try loop.run { 7 }
        #expect(seven == 7)
    }

    @Test func `sleepers wake in the order of their deadlines`() throws {
        let loop = try EventLoop()
        let order = try loop.run {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for milliseconds in [40, 10, 30, 20] {
                    group.addTask(executorPreference: loop) {
                        try await loop.sleep(for: .milliseconds(milliseconds))
                        return milliseconds
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(order == [10, 20, 30, 40])
    }

    @Test func `a cancelled sleep ends at once`() throws {
        let loop = try EventLoop()
        let start = MonotonicTime.current()
        try loop.run {
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) { try await loop.sleep(for: .seconds(60)) }
                group.addTask(executorPreference: loop) {
                    try await loop.sleep(for: .milliseconds(5))
                    throw CancellationError()
                }
                while let result = await group.nextResult() {
                    if case .failure = result { group.cancelAll() }
                }
            }
        }
        #expect(MonotonicTime.current() - start < .seconds(30))
    }

    @Test func `signals arrive as values`() throws {
        let loop = try EventLoop()
        let received = try loop.run {
            let signals = try Signals([SIGUSR1, SIGUSR2], loop: loop)
            kill(getpid(), SIGUSR1)
            let first = try await signals.next()
            kill(getpid(), SIGUSR2)
            return [first, try await signals.next()]
        }
        #expect(received == [SIGUSR1, SIGUSR2])
    }
}

@Suite struct TimerHeapTests {
    @Test func `due timers come out in order of their times`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var timers = TimerHeap<Int>()
        var model: [Int64] = []
        for _ in 0..<2000 {
            let time = Int64.random(in: 0..<500, using: &random)
            timers.add(Int(time), at: MonotonicTime(nanoseconds: time))
            model.append(time)
            if Bool.random(using: &random) {
                let now = Int64.random(in: 0..<300, using: &random)
                let due = model.sorted().first.flatMap { $0 <= now ? $0 : nil }
                let popped = timers.popDue(at: MonotonicTime(nanoseconds: now))
                #expect(popped?.time.nanoseconds == due, "seed \(seed)")
                if let due { model.remove(at: model.firstIndex(of: due) ?? 0) }
            }
        }
    }
}
