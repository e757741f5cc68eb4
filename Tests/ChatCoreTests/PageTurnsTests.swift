import Encoding
import EventLoop
import Storage
import Synchronization
import Testing

@testable import ChatCore

@Suite struct PageTurnsTests {
    @Test func `no more pages are at work than may be, and each has its turn`() throws {
        try run(countMax: 3, pages: (0..<50).map { "reader\($0 % 7)" }) { most, order in
            #expect(most == 3)
            #expect(order.count == 50)
        }
    }

    @Test func `a reader of many pages keeps no other waiting`() throws {
        let pages = Array(repeating: "greedy", count: 100) + ["modest", "other"]
        try run(countMax: 2, pages: pages) { _, order in
            // Two are at work when the others come, and one of those that wait may go first.
            let places = ["modest", "other"].map { order.firstIndex(of: $0) ?? .max }
            #expect(places.allSatisfy { $0 <= 4 }, "\(places)")
        }
    }

    @Test func `turns come back after a rush`() throws {
        let loop = try EventLoop()
        try loop.run {
            let turns = PageTurns(countMax: 1)
            for _ in 0..<3 {
                await turns.take(for: UserID("a"))
                turns.giveBack()
            }
        }
    }

    /// Has pages come at once, in this order; tells the most that were at work together, and in
    /// which order they were done.
    private func run(
        countMax: Int, pages: [String], _ check: (Int, [String]) -> Void
    ) throws {
        let loop = try EventLoop()
        let work = Work()
        try loop.run {
            let turns = LoopBound(PageTurns(countMax: countMax), to: loop)
            await withDiscardingTaskGroup { group in
                for page in pages {
                    group.addTask(executorPreference: loop) {
                        await turns.here.take(for: UserID(ByteText(page)))
                        work.begins()
                        try? await loop.sleep(for: .milliseconds(1))
                        work.ends(page)
                        turns.here.giveBack()
                    }
                }
            }
        }
        check(work.most, work.order)
    }

    private final class Work: Sendable {
        private let state = Mutex((now: 0, most: 0, order: [String]()))

        var most: Int { state.withLock { $0.most } }
        var order: [String] { state.withLock { $0.order } }

        func begins() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
        }

        func ends(_ page: String) {
            state.withLock { state in
                state.now -= 1
                state.order.append(page)
            }
        }
    }
}
