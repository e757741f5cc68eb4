import Testing

@testable import RateLimit

struct FairQueueTests {
    /// Paths of a purpose, a source and a line; all turns cost the same but those of "slow".
    private func queue(_ limits: [Int] = [100, 100, 100]) -> FairQueue<String, Int> {
        FairQueue(limits: limits) { $0 == "slow" ? 3 : 1 }
    }

    private func add(
        _ path: String, _ elements: some Sequence<Int>, to queue: inout FairQueue<String, Int>
    ) -> [Int] {
        let path = path.split(separator: "/").map(String.init)
        return elements.compactMap { queue.add($0, at: path) }
    }

    private func order(_ queue: inout FairQueue<String, Int>, _ count: Int = .max) -> [Int] {
        var order: [Int] = []
        while order.count < count, let next = queue.next() { order.append(next) }
        return order
    }

    @Test func `a source with many waiting gets no more turns than one with few`() {
        var queue = queue()
        _ = add("log-in/greedy/a", 0..<80, to: &queue)
        _ = add("log-in/modest/b", 100..<104, to: &queue)
        let order = order(&queue, 8)
        #expect(order.filter { $0 >= 100 }.count == 4, "one of two sources has every second turn")
    }

    @Test func `a newcomer goes before all who had a turn`() {
        var queue = queue()
        for source in 0..<80 { _ = add("log-in/\(source)/a", [source], to: &queue) }
        // Each comes again as soon as it was served, as somebody who guesses does.
        for _ in 0..<200 {
            let served = order(&queue, 1)[0]
            _ = add("log-in/\(served)/a", [served], to: &queue)
        }
        _ = add("log-in/newcomer/a", [1000], to: &queue)
        #expect(order(&queue, 1) == [1000])
    }

    @Test func `every source is served in each round`() {
        var queue = queue()
        for source in 0..<20 { _ = add("log-in/\(source)/a", [source], to: &queue) }
        var turns: [Int: Int] = [:]
        for _ in 0..<200 {
            let served = order(&queue, 1)[0]
            turns[served, default: 0] += 1
            _ = add("log-in/\(served)/a", [served], to: &queue)
        }
        #expect(turns == Dictionary(uniqueKeysWithValues: (0..<20).map { ($0, 10) }))
    }

    @Test func `the lines of a source share its turns`() {
        var queue = queue()
        _ = add("log-in/school/guessed", 0..<60, to: &queue)
        _ = add("log-in/school/pupil", [100, 101], to: &queue)
        #expect(Set(order(&queue, 4)).isSuperset(of: [100, 101]))
    }

    @Test func `a purpose whose turns cost more has fewer and never takes those of another`() {
        var queue = queue()
        _ = add("log-in/a/a", 0..<40, to: &queue)
        for source in 0..<40 { _ = add("slow/\(source)/a", [100 + source], to: &queue) }
        let order = order(&queue, 40)
        #expect((29...31).contains(order.filter { $0 < 100 }.count), "three of four are log-ins")
    }

    @Test func `a turn given back counts as none`() {
        var queue = queue()
        for round in 0..<10 {
            _ = add("log-in/guesser/a", [2 * round], to: &queue)
            _ = add("log-in/honest/a", [2 * round + 1], to: &queue)
            let order = order(&queue)
            if round > 0 { #expect(order == [2 * round + 1, 2 * round]) }
            queue.giveBack(["log-in", "honest", "a"])
        }
    }

    @Test func `a source that is known goes before any number that is not`() {
        var queue = queue()
        _ = add("log-in/known/name", [-1], to: &queue)
        _ = order(&queue)
        queue.giveBack(["log-in", "known", "name"])
        for source in 0..<60 { _ = add("log-in/\(source)/a", [source], to: &queue) }
        _ = order(&queue, 20)
        for other in 60..<80 { _ = add("log-in/known/\(other)", [other], to: &queue) }
        _ = add("log-in/known/name", [1000], to: &queue)
        #expect(order(&queue, 1) == [1000], "and so does its line before its other lines")
    }

    @Test func `among equals the newest and the oldest go by turns`() {
        var queue = queue()
        for source in 0..<6 { _ = add("log-in/\(source)/a", [source], to: &queue) }
        #expect(order(&queue) == [5, 0, 4, 1, 3, 2])
    }

    @Test func `an element above the limit gives way in the longest line`() {
        var queue = queue([6, 5, 3])
        #expect(add("log-in/a/x", 0..<5, to: &queue) == [3, 4], "a line takes three")
        #expect(add("log-in/a/y", 10..<13, to: &queue) == [0], "a source takes five")
        #expect(add("log-in/b/z", [20, 21], to: &queue) == [10], "and a purpose six")
        #expect(add("log-in/c/z", [30], to: &queue).count == 1)
        #expect(queue.count == 6)
        #expect(Set(order(&queue)).isSuperset(of: [20, 21, 30]), "small ones keep their places")
    }

    @Test func `another purpose has places of its own`() {
        var queue = queue([2, 2, 2])
        #expect(add("log-in/a/a", 0..<5, to: &queue) == [2, 3, 4])
        #expect(add("slow/a/a", [10, 11], to: &queue).isEmpty)
    }

    @Test func `an element that has waited too long can be taken out`() {
        var queue = queue()
        _ = add("log-in/a/a", 0..<10, to: &queue)
        #expect(queue.remove { $0 % 2 == 0 } == [0, 2, 4, 6, 8])
        #expect(order(&queue) == [1, 3, 5, 7, 9], "in the order in which they came")
        #expect(queue.isEmpty)
    }

    @Test func `ten thousand sources are forgotten and not kept`() {
        var queue = queue([4, 4, 4])
        for source in 0..<10_000 {
            _ = add("log-in/\(source)/\(source)", [source], to: &queue)
            #expect(order(&queue) == [source])
        }
        #expect(queue.remembered < 32 * 3)
    }
}
