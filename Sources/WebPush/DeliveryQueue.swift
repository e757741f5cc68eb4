package import Encoding
package import EventLoop

/// The push messages that wait to be sent, as a state machine without I/O. It tells which is next,
/// when it is tried again, and when it is given up.
///
/// One service takes only some of the places under way, so that a slow one delays no other.
package struct DeliveryQueue<Message: Hashable & Sendable> {
    /// One message to one subscription.
    package struct Delivery: Sendable {
        package let message: Message
        /// The push service, by the rule that allows it.
        package let service: ByteText
        /// The user who is told.
        fileprivate let receiver: ByteText
        fileprivate let givenUpAt: MonotonicTime
        fileprivate var attempts = 0
        fileprivate var notBefore: MonotonicTime
    }

    /// The outcome of a request to a push service.
    package enum Result: Sendable, Equatable {
        /// The service took the message (RFC 8030 §5), or there was none left to send: it was read
        /// meanwhile, or its subscription has ended.
        case delivered
        /// There is no such subscription any more: 404 or 410 (§7.3).
        case gone
        /// 429, 5xx or no answer. `after` is what the service asked for in Retry-After.
        case failed(after: Duration?)
        /// Another refusal. Trying again would change nothing.
        case refused(status: Int)
    }

    /// The next step for a delivery whose request has ended.
    package enum Outcome: Sendable, Equatable {
        case done
        case dropSubscription
        case retry
        case givenUp
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

    /// Adds a message, unless it is in the queue already. Returns false, and drops it, if the queue
    /// or the service's or receiver's part of it is full.
    package mutating func add(
        _ message: Message, to service: ByteText, for receiver: ByteText, at now: MonotonicTime
    ) -> Bool {
        if count(where: { $0.message == message }) > 0 { return true }
        guard count < Self.countMax,
            count(where: { $0.service == service }) < Self.countOfServiceMax,
            count(where: { $0.receiver == receiver }) < Self.countOfReceiverMax
        else { return false }
        waiting.append(
            Delivery(
                message: message, service: service, receiver: receiver,
                givenUpAt: now + Self.timeMax, notBefore: now))
        return true
    }

    private func count(where isMeant: (Delivery) -> Bool) -> Int {
        waiting.count(where: isMeant) + underWay.count(where: isMeant)
    }

    /// Takes the next delivery that is due, if there is a place for it.
    package mutating func next(at now: MonotonicTime) -> Delivery? {
        guard underWay.count < Self.underWayMax else { return nil }
        let index = waiting.firstIndex { delivery in
            delivery.notBefore <= now
                && underWay.count { $0.service == delivery.service } < Self.underWayOfServiceMax
        }
        guard let index else { return nil }
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
        case .delivered: return .done
        case .gone: return .dropSubscription
        case .refused: return .givenUp
        case .failed(let asked):
            var again = delivery
            let pause = max(Self.pause(before: delivery.attempts), asked ?? .zero)
            again.attempts += 1
            again.notBefore = now + pause
            guard again.notBefore < delivery.givenUpAt else { return .givenUp }
            waiting.append(again)
            return .retry
        }
    }

    /// Grows by two each time, up to `pauseMax`.
    private static func pause(before attempt: Int) -> Duration {
        min(firstPause * (1 << min(attempt, 10)), pauseMax)
    }
}
