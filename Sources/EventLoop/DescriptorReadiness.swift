internal import Glibc

/// Remembers whether one descriptor is readable and writable, and resumes the tasks that wait for
/// it.
///
/// Epoll is edge-triggered: it reports a change once. So a report counts until a system call
/// returns EAGAIN.
///
/// `@unchecked Sendable`: used on the loop's thread alone. Cancellation handlers and
/// `ShutdownHandle` run on other threads, and go through `EventLoop.call`.
final class DescriptorReadiness: @unchecked Sendable {
    enum Direction { case input, output }
    private enum WaitResult { case ready, timeout, cancelled, closed }

    private struct State {
        var isReady: Bool
        /// The deadline of the task that waits.
        var deadline: MonotonicTime?
        let waiter = Waiter<WaitResult>()
    }

    let number: Int32
    let key: UInt64
    let loop: EventLoop
    private var input = State(isReady: false)
    /// A new socket has buffer space, so the first write needs no wait.
    private var output = State(isReady: true)
    /// Whether the peer has ended its side, or the connection is broken.
    private(set) var peerHasEnded = false
    /// Whether `endInput` has ended the input on this side.
    private(set) var inputHasEnded = false
    private var isClosed = false
    private var hasCancellationHandler = false
    /// Whether `wake` was called and no wait has ended by it.
    private var isWoken = false
    /// The earliest time for which the loop's timers hold an entry for this descriptor.
    private var timerTime: MonotonicTime?

    init(_ number: Int32, loop: EventLoop) throws(SystemCallError) {
        self.number = number
        self.loop = loop
        key = loop.waitRegistry.key(for: number)
        try loop.register(self)
    }

    /// Ends all waits. Call it before the descriptor is closed.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.waitRegistry.remove(self)
        resumeBoth(with: .closed)
    }

    /// Ends the input on this side. Received bytes can still be read, and the end comes after them.
    /// A listener accepts no more connections.
    func endInput() {
        if isClosed { return }
        inputHasEnded = true
        shutdown(number, Int32(SHUT_RD))
    }

    /// Ends the wait for input as if there were some, or else the next one.
    func wake() {
        isWoken = !input.waiter.resume(returning: .ready)
    }

    /// Forgets a `wake` that came after the wait had ended.
    func forgetWake() { isWoken = false }

    func isReady(_ direction: Direction) -> Bool {
        switch direction {
        case .input: input.isReady
        case .output: output.isReady
        }
    }

    /// Forgets the last report, because a system call would wait now.
    func setUnready(_ direction: Direction) {
        switch direction {
        case .input: input.isReady = false
        case .output: output.isReady = false
        }
    }

    /// Takes a report of epoll.
    func update(_ events: Epoll.Events) {
        let hasEnded = !events.isDisjoint(with: .ended)
        if hasEnded { peerHasEnded = true }
        if hasEnded || events.contains(.readable) {
            input.isReady = true
            input.waiter.resume(returning: .ready)
        }
        if hasEnded || events.contains(.writable) {
            output.isReady = true
            output.waiter.resume(returning: .ready)
        }
    }

    // MARK: Waiting

    /// Suspends until the direction is ready.
    nonisolated(nonsending) func wait(
        _ direction: Direction, until deadline: MonotonicTime?
    ) async throws(SocketFault) {
        if isReady(direction) { return }
        guard !isClosed else { throw .closed }
        switch await suspendCancellably(direction, until: deadline) {
        case .ready: return
        case .timeout: throw .timeout
        case .cancelled: throw .cancelled
        case .closed: throw .closed
        }
    }

    /// Runs `work` with one cancellation handler for all its waits on this descriptor, instead of
    /// one for each wait.
    func withOneCancellationHandler<Outcome>(for work: () async -> Outcome) async -> Outcome {
        hasCancellationHandler = true
        defer { hasCancellationHandler = false }
        return await withTaskCancellationHandler {
            await work()
        } onCancel: {
            cancelWaits()
        }
    }

    private func suspendCancellably(
        _ direction: Direction, until deadline: MonotonicTime?
    ) async -> WaitResult {
        if hasCancellationHandler { return await suspend(direction, until: deadline) }
        return await withTaskCancellationHandler {
            await suspend(direction, until: deadline)
        } onCancel: {
            cancelWaits()
        }
    }

    private func suspend(_ direction: Direction, until deadline: MonotonicTime?) async -> WaitResult
    {
        let waiter = direction == .input ? input.waiter : output.waiter
        return await waiter.wait { _ in
            // Other jobs may have run on the way here, and epoll may have reported.
            if Task.isCancelled { return .cancelled }
            if isClosed { return .closed }
            if isReady(direction) { return .ready }
            if isWoken, direction == .input {
                isWoken = false
                return .ready
            }
            addTimer(at: deadline)
            switch direction {
            case .input: input.deadline = deadline
            case .output: output.deadline = deadline
            }
            return nil
        }
    }

    private func cancelWaits() {
        loop.call { self.resumeBoth(with: .cancelled) }
    }

    private func resumeBoth(with result: WaitResult) {
        input.waiter.resume(returning: result)
        output.waiter.resume(returning: result)
    }

    // MARK: Deadlines

    /// Resumes the tasks whose deadline is over. Returns the time of the next timer, or nil.
    ///
    /// - Parameter time: The time for which the timer was added. A timer that is not the latest one
    ///   is ignored.
    func expire(timerFor time: MonotonicTime, at now: MonotonicTime) -> MonotonicTime? {
        guard timerTime == time else { return nil }
        timerTime = nil
        expire(input, at: now)
        expire(output, at: now)
        return timerTime
    }

    private func expire(_ state: State, at now: MonotonicTime) {
        guard state.waiter.isWaiting, let deadline = state.deadline else { return }
        if deadline <= now {
            state.waiter.resume(returning: .timeout)
        } else {
            timerTime = min(timerTime ?? deadline, deadline)
        }
    }

    /// Adds a timer unless an earlier one exists. Most deadlines move later, and `expire` adds the
    /// next timer then.
    private func addTimer(at deadline: MonotonicTime?) {
        guard let deadline else { return }
        if let timerTime, timerTime <= deadline { return }
        timerTime = deadline
        loop.waitRegistry.timers.add(.descriptor(key), at: deadline)
    }
}
