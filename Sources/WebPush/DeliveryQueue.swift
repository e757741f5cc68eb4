package import Encoding
package import EventLoop

/// The push messages that wait to be sent, as a state machine without I/O. It tells which is next,
/// when it is tried again, and when it is given up.
///
/// One service takes only some of the places under way, so that a slow one delays no other. An
/// endpoint that fails is tried with one message at a time, and its other messages wait for that.
/// Messages of such endpoints make way for new ones in a full queue.
package struct DeliveryQueue<Message: Hashable & Sendable> {
    /// One message to one subscription.
    package struct Delivery: Sendable {
        package let message: Message
        /// The push service, by the rule that allows it.
        package let service: ByteText
        fileprivate let endpoint: ByteText
        /// The user who is told.
        fileprivate let receiver: ByteText
        fileprivate let givenUpAt: MonotonicTime
        /// The attempts at its endpoint that have failed since one succeeded.
        fileprivate var attempts = 0
        fileprivate var notBefore: MonotonicTime
    }

    /// The outcome of a request to a push service.
    package enum Result: Sendable, Equatable {
        /// The service took the message (RFC 8030 §5).
        case delivered
        /// There is no such subscription any more: 404 or 410 (§7.3).
        case gone
        /// 429, 5xx or no answer. `after` is what the service asked for in Retry-After.
        case failed(after: Duration?)
        /// Another refusal. Trying again would change nothing.
        case refused(status: Int)
        /// Nothing was left to send: the message was read meanwhile, or its subscription or the
        /// friendship has ended.
        case withdrawn
    }

    /// The next step for a delivery whose request has ended.
    package enum Outcome: Sendable, Equatable {
        case delivered
        case dropSubscription
        case retry
        case givenUp
        case withdrawn
    }

    /// Whether the queue took a message.
    package enum Addition: Equatable {
        /// It waits now. These have made way and are given up.
        case added(inPlaceOf: [Message])
        /// It is in the queue already.
        case present
        case full
    }

    package static var countMax: Int { 1_000 }
    package static var underWayMax: Int { 8 }
    package static var underWayOfServiceMax: Int { 2 }
    /// One service whose messages wait leaves places to others.
    package static var countOfServiceMax: Int { 500 }
    /// One user's messages that wait leave places to others.
    package static var countOfReceiverMax: Int { 50 }
    /// A message is given up when no service has taken it for this long.
    package static var timeMax: Duration { .seconds(3600) }
    package static var firstPause: Duration { .seconds(5) }
    package static var pauseMax: Duration { .seconds(600) }

    private var waiting: [Delivery] = []
    private var underWay: [Delivery] = []

    package init() {}

    package var count: Int { waiting.count + underWay.count }

    /// Adds a message, unless it is in the queue already. If the queue is full, or the service's or
    /// receiver's part of it, one of an endpoint that fails makes way. None does for another such.
    package mutating func add(
        _ message: Message, to endpoint: ByteText, at service: ByteText, for receiver: ByteText,
        at now: MonotonicTime
    ) -> Addition {
        if contains(where: { $0 == message }) { return .present }
        let failing = (underWay + waiting).first { $0.endpoint == endpoint && $0.attempts > 0 }
        let limits: [(max: Int, isMeant: (Delivery) -> Bool)] = [
            (Self.countOfReceiverMax, { $0.receiver == receiver }),
            (Self.countOfServiceMax, { $0.service == service }),
            (Self.countMax, { _ in true }),
        ]
        var displaced: [Delivery] = []
        for (max, isMeant) in limits
        where count(where: isMeant) - displaced.count(where: isMeant) >= max {
            let found = leastPromising { delivery in
                isMeant(delivery) && !displaced.contains { $0.message == delivery.message }
            }
            guard failing == nil, let found else { return .full }
            displaced.append(found)
        }
        let messages = displaced.map(\.message)
        waiting.removeAll { messages.contains($0.message) }
        var delivery = Delivery(
            message: message, service: service, endpoint: endpoint, receiver: receiver,
            givenUpAt: now + Self.timeMax, notBefore: now)
        if let failing {
            delivery.attempts = failing.attempts
            delivery.notBefore = failing.notBefore
        }
        waiting.append(delivery)
        return .added(inPlaceOf: messages)
    }

    /// Returns whether such a message waits or is under way.
    package func contains(where isMeant: (Message) -> Bool) -> Bool {
        waiting.contains { isMeant($0.message) } || underWay.contains { isMeant($0.message) }
    }

    private func count(where isMeant: (Delivery) -> Bool) -> Int {
        waiting.count(where: isMeant) + underWay.count(where: isMeant)
    }

    /// Returns the message that makes way first. Its endpoint fails, its receiver has the most of
    /// such messages, and of these it has the most attempts.
    private func leastPromising(where isMeant: (Delivery) -> Bool) -> Delivery? {
        let failing = waiting.filter { $0.attempts > 0 && isMeant($0) }
        var counts: [ByteText: Int] = [:]
        for delivery in failing { counts[delivery.receiver, default: 0] += 1 }
        return failing.max { one, other in
            let (count, otherCount) = (counts[one.receiver] ?? 0, counts[other.receiver] ?? 0)
            return (count, one.attempts) < (otherCount, other.attempts)
        }
    }

    /// Takes the next delivery that is due, if there is a place for it. Those of endpoints that
    /// fail come last.
    package mutating func next(at now: MonotonicTime) -> Delivery? {
        guard underWay.count < Self.underWayMax else { return nil }
        let due = waiting.indices.filter { index in
            let delivery = waiting[index]
            return delivery.notBefore <= now
                && underWay.count { $0.service == delivery.service } < Self.underWayOfServiceMax
                && !(delivery.attempts > 0
                    && underWay.contains { $0.endpoint == delivery.endpoint })
        }
        guard let index = due.min(by: { waiting[$0].attempts < waiting[$1].attempts }) else {
            return nil
        }
        let delivery = waiting.remove(at: index)
        underWay.append(delivery)
        return delivery
    }

    /// The earliest time at which a delivery that pauses becomes due; nil if none pauses.
    package func nextDue(after now: MonotonicTime) -> MonotonicTime? {
        waiting.lazy.map(\.notBefore).filter { $0 > now }.min()
    }

    /// Notes how a delivery's request ended.
    package mutating func finish(
        _ delivery: Delivery, _ result: Result, at now: MonotonicTime
    ) -> Outcome {
        underWay.removeAll { $0.message == delivery.message }
        switch result {
        case .delivered:
            noteAnswer(of: delivery.endpoint)
            return .delivered
        case .gone: return .dropSubscription
        case .refused: return .givenUp
        case .withdrawn: return .withdrawn
        case .failed(let asked):
            var again = delivery
            let pause = max(Self.pause(before: delivery.attempts), asked ?? .zero)
            again.attempts += 1
            again.notBefore = now + pause
            hold(again)
            guard again.notBefore < delivery.givenUpAt else { return .givenUp }
            waiting.append(again)
            return .retry
        }
    }

    /// Lets the other messages of an endpoint that fails wait as long as this one. The last attempt
    /// is made when they have waited for the longest time.
    private mutating func hold(_ failed: Delivery) {
        for index in waiting.indices where waiting[index].endpoint == failed.endpoint {
            let held = min(failed.notBefore, waiting[index].givenUpAt)
            waiting[index].notBefore = max(waiting[index].notBefore, held)
            waiting[index].attempts = max(waiting[index].attempts, failed.attempts)
        }
    }

    /// Notes that an endpoint takes messages. The others that wait for it are as good as new.
    private mutating func noteAnswer(of endpoint: ByteText) {
        for index in waiting.indices where waiting[index].endpoint == endpoint {
            waiting[index].attempts = 0
        }
    }

    /// Grows by two each time, up to `pauseMax`.
    private static func pause(before attempt: Int) -> Duration {
        min(firstPause * (1 << min(attempt, 10)), pauseMax)
    }
}
