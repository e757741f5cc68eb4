import Encoding
import EventLoop
import Testing
import WebPush

@Suite struct DeliveryQueueTests {
    typealias Queue = DeliveryQueue<Int>
    let start = MonotonicTime.current()

    @Test func `messages go out in their order`() throws {
        var queue = Queue()
        for number in 1...3 {
            let isAdded = add(number, to: "a", in: &queue)
            #expect(isAdded)
        }
        let messages = try (0..<2).map { _ in try take(&queue, at: start).message }
        #expect(messages == [1, 2])
    }

    @Test func `a message that waits or is under way is not added again`() throws {
        var queue = Queue()
        for _ in 0..<3 { add(1, to: "a", in: &queue) }
        #expect(queue.count == 1)
        let delivery = try take(&queue, at: start)
        let isAdded = add(1, to: "a", in: &queue)
        #expect(isAdded && queue.count == 1)
        _ = queue.finish(delivery, .delivered, at: start)
        add(1, to: "a", in: &queue)
        #expect(queue.count == 1)
    }

    @Test func `one receiver fills only their own part of the queue`() {
        var queue = Queue()
        let added = (0...Queue.countOfReceiverMax).map {
            let name = ByteText("\($0)")
            return queue.add($0, to: name, at: name, for: "greedy", at: start) != .full
        }
        #expect(added.filter { $0 }.count == Queue.countOfReceiverMax)
        let addition = queue.add(-1, to: "e", at: "0", for: "other", at: start)
        #expect(addition == .added(inPlaceOf: []))
    }

    @Test func `a slow service leaves places to others`() throws {
        var queue = Queue()
        for number in 0..<20 { add(number, to: "slow", in: &queue) }
        add(99, to: "fast", in: &queue)
        for _ in 0..<Queue.underWayOfServiceMax {
            let delivery = try take(&queue, at: start)
            #expect(delivery.service == "slow")
        }
        let last = try take(&queue, at: start)
        #expect(last.message == 99)
        let none = queue.next(at: start)
        #expect(none?.message == nil)
    }

    @Test func `no more than the most are under way`() {
        var queue = Queue()
        for number in 0..<20 { add(number, to: ByteText("\(number)"), in: &queue) }
        let taken = (0..<20).compactMap { _ in queue.next(at: start) }
        #expect(taken.count == Queue.underWayMax)
    }

    @Test func `a full queue drops what is new`() {
        var queue = Queue()
        let added = (0...Queue.countMax).map {
            add($0, to: ByteText("\($0 % 4)"), in: &queue)
        }
        #expect(added.filter { $0 }.count == Queue.countMax)
        #expect(added.last == false)
    }

    @Test func `a service that takes nothing fills only its own part of the queue`() {
        var queue = Queue()
        let added = (0...Queue.countOfServiceMax).map { add($0, to: "slow", in: &queue) }
        #expect(added.filter { $0 }.count == Queue.countOfServiceMax)
        let isAdded = add(-1, to: "fast", in: &queue)
        #expect(isAdded)
    }

    @Test func `pauses grow until the message is given up within an hour`() throws {
        var queue = Queue()
        add(1, to: "a", in: &queue)
        var now = start
        var pauses: [Duration] = []
        while true {
            let delivery = try take(&queue, at: now)
            let outcome = queue.finish(delivery, .failed(after: nil), at: now)
            if outcome == .givenUp { break }
            #expect(outcome == .retry)
            let early = queue.next(at: now)
            #expect(early?.message == nil)
            let due = try #require(queue.nextDue(after: now))
            pauses.append(due - now)
            now = due
        }
        #expect(pauses.prefix(4) == [.seconds(5), .seconds(10), .seconds(20), .seconds(40)])
        #expect(pauses.max() == Queue.pauseMax)
        #expect(now - start < Queue.timeMax)
        #expect(queue.count == 0)
    }

    @Test func `a service that asks for more time gets it`() throws {
        var queue = Queue()
        add(1, to: "a", in: &queue)
        let first = try take(&queue, at: start)
        let asked = queue.finish(first, .failed(after: .seconds(90)), at: start)
        #expect(asked == .retry)
        #expect(queue.nextDue(after: start) == start + .seconds(90))
        let second = try take(&queue, at: start + .seconds(90))
        let tooLong = Result.failed(after: .seconds(7_200))
        let last = queue.finish(second, tooLong, at: start + .seconds(90))
        #expect(last == .givenUp)
    }

    @Test func `what is gone or refused is not tried again`() throws {
        let outcomes: [(Result, DeliveryQueue<Int>.Outcome)] = [
            (.delivered, .delivered), (.gone, .dropSubscription), (.refused(status: 400), .givenUp),
            (.withdrawn, .withdrawn),
        ]
        for (result, outcome) in outcomes {
            var queue = Queue()
            add(1, to: "a", in: &queue)
            let found = queue.finish(try take(&queue, at: start), result, at: start)
            #expect(found == outcome)
            #expect(queue.count == 0)
        }
    }

    private typealias Result = DeliveryQueue<Int>.Result

    private func take(_ queue: inout Queue, at now: MonotonicTime) throws -> Queue.Delivery {
        try #require({ queue.next(at: now) }())
    }

    /// Adds a message for a receiver and an endpoint of its own. Returns whether it is there.
    @discardableResult
    private func add(_ number: Int, to service: ByteText, in queue: inout Queue) -> Bool {
        let name = ByteText("\(number)")
        return queue.add(number, to: name, at: service, for: name, at: start) != .full
    }
}
