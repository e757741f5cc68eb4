internal import Glibc

/// What is known of one descriptor's readiness, and who waits for it to change.
///
/// The kernel reports edges, so what was reported is remembered until a call says otherwise.
/// `@unchecked Sendable`: used on the loop's thread alone; only a cancellation comes from
/// elsewhere, and it goes through the loop.
final class Watch: @unchecked Sendable {
    enum Wake { case ready, timeout, cancelled, closed }

    /// One of the two ways in which bytes go.
    final class Direction {
        var isReady: Bool
        fileprivate var waiter: UnsafeContinuation<Wake, Never>?
        fileprivate var deadline: MonotonicTime?

        fileprivate init(isReady: Bool) {
            self.isReady = isReady
        }

        fileprivate func wake(_ why: Wake) {
            guard let waiting = waiter else { return }
            waiter = nil
            waiting.resume(returning: why)
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
    private var isToldOfCancel = false
    /// The earliest time for which the loop's timers hold an entry for this watch.
    private var enrolled: MonotonicTime?

    init(_ number: Int32, loop: EventLoop) throws(SystemCallError) {
        self.number = number
        self.loop = loop
        key = loop.waits.key(for: number)
        try loop.register(self)
    }

    /// Must come before the descriptor is closed.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.waits.remove(self)
        input.wake(.closed)
        output.wake(.closed)
    }

    /// What has arrived is still read, then comes the end; a listener takes no more.
    func endInput() {
        if isClosed { return }
        inputHasEnded = true
        shutdown(number, Int32(SHUT_RD))
    }

    func became(_ events: Poll.Events) {
        if events.contains(.readable) || !events.isDisjoint(with: .ended) {
            input.isReady = true
            input.wake(.ready)
        }
        if events.contains(.writable) || !events.isDisjoint(with: .ended) {
            output.isReady = true
            output.wake(.ready)
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

    /// While the work runs its waits end with its task's cancellation, of which the watch is told
    /// once here, and not anew for each wait.
    func endingWaitsOnCancel<Outcome>(of work: () async -> Outcome) async -> Outcome {
        isToldOfCancel = true
        defer { isToldOfCancel = false }
        return await withTaskCancellationHandler {
            await work()
        } onCancel: {
            wakeCancelled()
        }
    }

    private func suspend(_ direction: Direction, until deadline: MonotonicTime?) async -> Wake {
        if isToldOfCancel { return await enlist(direction, until: deadline) }
        return await withTaskCancellationHandler {
            await enlist(direction, until: deadline)
        } onCancel: {
            wakeCancelled()
        }
    }

    private func enlist(_ direction: Direction, until deadline: MonotonicTime?) async -> Wake {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Wake, Never>) in
            // The way here may have let other jobs run, and an edge be reported meanwhile.
            if Task.isCancelled {
                continuation.resume(returning: .cancelled)
            } else if isClosed {
                continuation.resume(returning: .closed)
            } else if direction.isReady {
                continuation.resume(returning: .ready)
            } else {
                enroll(deadline)
                direction.deadline = deadline
                direction.waiter = continuation
            }
        }
    }

    private func wakeCancelled() {
        loop.call {
            self.input.wake(.cancelled)
            self.output.wake(.cancelled)
        }
    }

    /// A timer has come. Wakes who has waited long enough; returns when the next one is wanted.
    func expire(enrolledFor time: MonotonicTime, at now: MonotonicTime) -> MonotonicTime? {
        guard enrolled == time else { return nil }
        enrolled = nil
        for direction in [input, output] {
            guard direction.waiter != nil,
                let deadline = direction.deadline
            else { continue }
            if deadline <= now {
                direction.wake(.timeout)
            } else {
                enrolled = min(enrolled ?? deadline, deadline)
            }
        }
        return enrolled
    }

    /// Deadlines mostly move later: an entry that is early enough already is left to find out.
    private func enroll(_ deadline: MonotonicTime?) {
        guard let deadline else { return }
        if let enrolled, enrolled <= deadline { return }
        enrolled = deadline
        loop.waits.timers.add(.watch(key), at: deadline)
    }
}
