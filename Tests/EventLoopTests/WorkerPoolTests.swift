import Glibc
import Synchronization
import Testing

@testable import EventLoop

/// Counts the calls that run at once, and their maximum.
private final class Gauge: Sendable {
    private let counts = Mutex((now: 0, most: 0))
    var most: Int { counts.withLock { $0.most } }

    func enter() {
        counts.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
    }

    func leave() { counts.withLock { $0.now -= 1 } }
}

@Suite struct WorkerPoolTests {
    @Test func `work runs on the threads and the caller continues on its own`() throws {
        let loop = try EventLoop()
        let pool = WorkerPool(threads: 2, waitingMax: 10)
        defer { pool.stop() }
        try loop.run {
            let wasOnLoop = try await pool.run { loop.isCurrent }
            #expect(!wasOnLoop)
            #expect(loop.isCurrent)
        }
    }

    @Test func `no more than allowed runs at once and no more than allowed waits`() throws {
        let loop = try EventLoop()
        let pool = WorkerPool(threads: 2, waitingMax: 3)
        defer { pool.stop() }
        let gauge = Gauge()
        let (done, refused) = try loop.run {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask(executorPreference: loop) {
                        do {
                            return try await pool.run {
                                gauge.enter()
                                usleep(2000)
                                gauge.leave()
                                return true
                            }
                        } catch { return false }
                    }
                }
                return await group.reduce(into: (0, 0)) { $1 ? ($0.0 += 1) : ($0.1 += 1) }
            }
        }
        #expect(gauge.most <= 2)
        #expect(done >= 5)
        #expect(done + refused == 20)
        #expect(refused > 0)
    }

    @Test func `an error of the work is rethrown`() throws {
        struct Oops: Error {}
        let loop = try EventLoop()
        let pool = WorkerPool(threads: 1, waitingMax: 0)
        defer { pool.stop() }
        try loop.run {
            await #expect(throws: Oops.self) { try await pool.run { throw Oops() } }
            let one = try await pool.run { 1 }
            #expect(one == 1)
        }
    }

    @Test func `a thousand jobs in a row all run`() throws {
        let loop = try EventLoop()
        let pool = WorkerPool(threads: 1, waitingMax: 1000)
        defer { pool.stop() }
        let sum = try loop.run {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<1000 {
                    group.addTask(executorPreference: loop) { try await pool.run { index } }
                }
                return try await group.reduce(0, +)
            }
        }
        #expect(sum == 499_500)
    }
}
