import Encoding
import EventLoop
import Testing
import WebPush

/// Endpoints that fail take no place from others.
@Suite struct FailingEndpointTests {
    typealias Queue = DeliveryQueue<Int>
    let start = MonotonicTime.current()

    @Test func `a message that failed makes way for a new one where its service is full`() throws {
        var queue = try full(of: "dead")
        guard case .added(let displaced) = add(-1, to: "live", for: "new", in: &queue) else {
            Issue.record("the queue is full")
            return
        }
        #expect(displaced.count == 1 && queue.count == Queue.countOfServiceMax)
        let next = try take(&queue, at: start + .seconds(5))
        #expect(next.message == -1, "what never failed goes first")
    }

    @Test func `the messages of the receiver with the most that failed make way first`() throws {
        var queue = Queue()
        _ = add(0, to: "0", for: "one", in: &queue)
        var now = start
        for _ in 0..<3 {
            try failNext(of: &queue, at: now)
            now = queue.nextDue(after: now) ?? now
        }
        // The one that failed three times is due, and what never failed goes before it.
        for number in 1...3 { _ = add(number, to: ByteText("\(number)"), for: "many", in: &queue) }
        for _ in 1...3 { try failNext(of: &queue, at: now - .seconds(1)) }
        for number in 4..<Queue.countOfServiceMax {
            _ = add(number, to: ByteText("\(number)"), for: ByteText("\(number)"), in: &queue)
        }
        guard case .added(let displaced) = add(-1, to: "live", for: "new", in: &queue) else {
            Issue.record("the queue is full")
            return
        }
        #expect(displaced.count == 1 && (1...3).contains(displaced[0]))
    }

    @Test func `a receiver's full part has room only by their own messages`() throws {
        var queue = Queue()
        _ = add(-1, to: "other", for: "other", in: &queue)
        try failNext(of: &queue, at: start)
        for number in 0..<Queue.countOfReceiverMax {
            _ = add(number, to: ByteText("\(number)"), for: "greedy", in: &queue)
        }
        let refused = add(-2, to: "live", for: "greedy", in: &queue)
        #expect(refused == .full)
        try failNext(of: &queue, at: start)
        let addition = add(-2, to: "live", for: "greedy", in: &queue)
        #expect(addition == .added(inPlaceOf: [0]))
    }

    @Test func `a new message of an endpoint that fails takes nobody's place`() throws {
        var queue = try full(of: "dead")
        let again = add(-1, to: "0", for: "another", in: &queue)
        #expect(again == .full)
    }

    @Test func `an endpoint that fails is tried with one message at a time`() throws {
        var queue = Queue()
        for number in 0..<3 { _ = add(number, to: "dead", for: "a", in: &queue) }
        try failNext(of: &queue, at: start)
        let early = queue.next(at: start)
        #expect(early?.message == nil, "the others wait as well")
        _ = add(3, to: "dead", for: "a", in: &queue)
        let newer = queue.next(at: start)
        #expect(newer?.message == nil, "a new one too")
        let now = start + .seconds(5)
        let probe = try take(&queue, at: now)
        let second = queue.next(at: now)
        #expect(second?.message == nil)
        let failed = queue.finish(probe, .failed(after: nil), at: now)
        #expect(failed == .retry && queue.nextDue(after: now) == now + .seconds(10))
        let last = try take(&queue, at: now + .seconds(10))
        _ = queue.finish(last, .delivered, at: now + .seconds(10))
        let rest = (0..<3).compactMap { _ in queue.next(at: now + .seconds(10)) }
        #expect(rest.count == Queue.underWayOfServiceMax, "it answers again")
    }

    @Test func `what waits for an endpoint is tried once more within the hour`() throws {
        var queue = Queue()
        _ = add(0, to: "dead", for: "a", in: &queue)
        _ = add(1, to: "dead", for: "a", in: &queue)
        let probe = try take(&queue, at: start)
        let outcome = queue.finish(probe, .failed(after: .seconds(86_400)), at: start)
        #expect(outcome == .givenUp)
        let end = start + Queue.timeMax
        #expect(queue.nextDue(after: start) == end)
        let last = queue.finish(try take(&queue, at: end), .failed(after: nil), at: end)
        #expect(last == .givenUp && queue.count == 0)
    }

    @Test func `a queue tells which messages it holds`() throws {
        var queue = Queue()
        _ = add(1, to: "a", for: "a", in: &queue)
        #expect(queue.contains { $0 == 1 })
        let delivery = try take(&queue, at: start)
        #expect(queue.contains { $0 == 1 })
        _ = queue.finish(delivery, .withdrawn, at: start)
        #expect(!queue.contains { $0 == 1 })
    }

    /// A queue whose part of this service is full of messages that failed once.
    private func full(of service: ByteText) throws -> Queue {
        var queue = Queue()
        for number in 0..<Queue.countOfServiceMax {
            let name = ByteText("\(number)")
            let addition = queue.add(number, to: name, at: service, for: name, at: start)
            try #require(addition == .added(inPlaceOf: []))
        }
        for _ in 0..<Queue.countOfServiceMax {
            let delivery = try take(&queue, at: start)
            _ = queue.finish(delivery, .failed(after: nil), at: start)
        }
        return queue
    }

    private func failNext(of queue: inout Queue, at now: MonotonicTime) throws {
        let outcome = queue.finish(try take(&queue, at: now), .failed(after: nil), at: now)
        try #require(outcome == .retry)
    }

    private func take(_ queue: inout Queue, at now: MonotonicTime) throws -> Queue.Delivery {
        try #require({ queue.next(at: now) }())
    }

    private func add(
        _ number: Int, to endpoint: ByteText, at service: ByteText = "dead", for receiver: ByteText,
        in queue: inout Queue
    ) -> Queue.Addition {
        queue.add(number, to: endpoint, at: service, for: receiver, at: start)
    }
}
