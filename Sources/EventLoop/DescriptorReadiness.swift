internal import Glibc

/// What is known of one descriptor's readiness, and who waits for it to change.
///
/// The kernel reports edges, so what was reported is remembered until a call says otherwise.
/// `@unchecked Sendable`: used on the loop's thread alone; only a cancellation comes from
/// elsewhere, and it goes through the loop.
final class DescriptorReadiness: @unchecked Sendable {
    enum WaitResult { case ready, timeout, cancelled, closed }

    /// One of the two ways in which bytes go.
    final class Direction {
        var isReady: Bool
        fileprivate var waiter: UnsafeContinuation<WaitResult, Never>?
        fileprivate var deadline: MonotonicTime?

        fileprivate init(isReady: Bool) {
            self.isReady = isReady
        }

        fileprivate func resume(with result: WaitResult) {
            guard let waiting = waiter else { return }
            waiter = nil
            waiting.resume(returning: result)
        }
    }

    let number: Int32
    let key: UInt64
    let loop: EventLoop
    let input = Direction(isReady: false)
    /// A new socket has room: the first write is tried without waiting.
    let output = Direction(isReady: true)
    private(set) var hasEnded = false
    /// On this side, by `endInput`.
    private(set) var inputHasEnded = false
    private var isClosed = false
    private var hasCancellationHandler = false
    /// The earliest time for which the loop's timers hold an entry for this readiness.
    private var timerTime: MonotonicTime?

    init(_ number: Int32, loop: EventLoop) throws(SystemCallError) {
        self.number = number
        self.loop = loop
        key = loop.waitRegistry.key(for: number)
        try loop.register(self)
    }

    /// Must come before the descriptor is closed.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.waitRegistry.remove(self)
        input.resume(with: .closed)
        output.resume(with: .closed)
    }

    /// What has arrived is still read, then comes the end; a listener takes no more.
    func endInput() {
        if isClosed { return }
        inputHasEnded = true
        shutdown(number, Int32(SHUT_RD))
    }

    func update(_ events: Epoll.Events) {
        if events.contains(.readable) || !events.isDisjoint(with: .ended) {
            input.isReady = true
            input.resume(with: .ready)
        }
        if events.contains(.writable) || !events.isDisjoint(with: .ended) {
            output.isReady = true
            output.resume(with: .ready)
        }
        if !events.isDisjoint(with: .ended) { hasEnded = true }
    }

    /// Suspends until the direction is ready.
    nonisolated(nonsending) func wait(
        _ direction: Direction, until deadline: MonotonicTime?
    ) async throws(SocketFault) {
        if direction.isReady { return }
        guard !isClosed else { throw .closed }
        switch await suspend(direction, until: deadline) {
        case .ready: return
        case .timeout: throw .timeout
        case .cancelled: throw .cancelled
        case .closed: throw .closed
        }
    }

    /// Runs `work` with one cancellation handler for all its waits on this descriptor, instead of
    /// one for each wait.
    func withOneCancellationHandler<Outcome>(of work: () async -> Outcome) async -> Outcome {
        hasCancellationHandler = true
        defer { hasCancellationHandler = false }
        return await withTaskCancellationHandler {
            await work()
        } onCancel: {
            cancelWaits()
        }
    }

    private func suspend(_ direction: Direction, until deadline: MonotonicTime?) async -> WaitResult
    {
        if hasCancellationHandler { return await addWaiter(direction, until: deadline) }
        return await withTaskCancellationHandler {
            await addWaiter(direction, until: deadline)
        } onCancel: {
            cancelWaits()
        }
    }

    private func addWaiter(_ direction: Direction, until deadline: MonotonicTime?) async
        -> WaitResult
    {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<WaitResult, Never>) in
            // The way here may have let other jobs run, and an edge be reported meanwhile.
            if Task.isCancelled {
                continuation.resume(returning: .cancelled)
            } else if isClosed {
                continuation.resume(returning: .closed)
            } else if direction.isReady {
                continuation.resume(returning: .ready)
            } else {
                scheduleTimer(deadline)
                direction.deadline = deadline
                direction.waiter = continuation
            }
        }
    }

    private func cancelWaits() {
        loop.call {
            self.input.resume(with: .cancelled)
            self.output.resume(with: .cancelled)
        }
    }

    /// A timer has come. Wakes who has waited long enough; returns when the next one is wanted.
    func expire(timerFor time: MonotonicTime, at now: MonotonicTime) -> MonotonicTime? {
        guard timerTime == time else { return nil }
        timerTime = nil
        for direction in [input, output] {
            guard direction.waiter != nil,
                let deadline = direction.deadline
            else { continue }
            if deadline <= now {
                direction.resume(with: .timeout)
            } else {
                timerTime = min(timerTime ?? deadline, deadline)
            }
        }
        return timerTime
    }

    /// Deadlines mostly move later: an entry that is early enough already is left to find out.
    private func scheduleTimer(_ deadline: MonotonicTime?) {
        guard let deadline else { return }
        if let timerTime, timerTime <= deadline { return }
        timerTime = deadline
        loop.waitRegistry.timers.add(.descriptor(key), at: deadline)
    }
}
