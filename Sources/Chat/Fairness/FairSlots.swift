package import EventLoop
package import Metrics
package import Storage

/// Slots that the calls of many users share, in the order of `DeficitRoundRobin`. It lives on its
/// loop.
package final class FairSlots: Sendable {
    private final class State {
        var queue: DeficitRoundRobin<Slot>

        init(_ limits: FairLimits) {
            queue = DeficitRoundRobin(limits)
        }

        func beginAll() {
            while let slot = queue.begin() { slot.endWait(mayBegin: true) }
        }
    }

    private final class Slot {
        /// Whether the call may begin, or nil while it waits.
        private(set) var mayBegin: Bool?
        let waiter = Waiter<Bool>()

        func endWait(mayBegin: Bool) {
            self.mayBegin = mayBegin
            waiter.resume(returning: mayBegin)
        }
    }

    private let loop: EventLoop
    private let state: LoopBound<State>
    /// The times that calls waited for their slots.
    package let waits = Histogram()

    package init(_ limits: FairLimits, loop: EventLoop) {
        self.loop = loop
        state = LoopBound(State(limits), to: loop)
    }

    /// The number of calls that wait.
    package var waitingCount: Int { state.value.queue.waitingCount }

    /// Runs `work` in a slot of the user, and frees the slot afterwards.
    ///
    /// - Parameter work: Calls its argument with the bytes it handles, as soon as they are known.
    /// - Throws: The error of `work`, or `VaultFault.busy` if too many calls of this user wait
    ///   already. A `large` call is never refused, because it continues an answer that has begun.
    package func during<Outcome>(
        for user: UserID, _ size: CallSize = .small,
        _ work: (_ charge: (Int) -> Void) async throws -> Outcome
    ) async throws -> Outcome {
        let state = state.value
        if state.queue.beginAtOnce(of: user) {
            waits.add(0)
        } else {
            let start = MonotonicTime.current()
            try await wait(for: user, size, state)
            let time = MonotonicTime.current() - start
            waits.add(time)
            CurrentRequest.spent(time, on: .queue)
        }
        defer {
            state.queue.end(of: user)
            state.beginAll()
        }
        return try await work { state.queue.charge($0, to: user) }
    }

    private func wait(
        for user: UserID, _ size: CallSize, _ state: State,
        isolation: isolated (any Actor)? = #isolation
    ) async throws(VaultFault) {
        let slot = Slot()
        guard let number = state.queue.add(slot, of: user, size) else { throw .busy }
        state.beginAll()
        if slot.mayBegin == true { return }
        let mayBegin = await slot.waiter.wait(on: loop) {
            self.giveUp(number, of: user)
        } beginning: { _ in
            slot.mayBegin
        }
        guard mayBegin else { throw .unavailable("cancelled") }
    }

    private func giveUp(_ number: UInt64, of user: UserID) {
        state.value.queue.remove(number, of: user)?.endWait(mayBegin: false)
    }
}
