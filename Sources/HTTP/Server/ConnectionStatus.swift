import EventLoop
import Synchronization

/// The state of one connection that other tasks may read. It has the phase and its beginning, the
/// charged memory, and a handle that ends the connection's wait.
final class ConnectionStatus: Sendable {
    enum Phase: Int64, CaseIterable {
        /// A request is being answered, or the client reads fast enough.
        case busy
        /// Waits for a request to begin.
        case idle
        /// Waits for the rest of a head, or of a body.
        case head, body
        /// Waits for the client to read.
        case writing
        /// Waits for the event of a held response.
        case held

        fileprivate init(bits: Int64) {
            self = Phase.allCases.first { $0.rawValue == bits } ?? .busy
        }
    }

    /// The phase, the time of its beginning, and whether a request was ever answered. All are in
    /// one word, so that readers see one consistent state.
    struct State: Equatable {
        private static let phaseBits: Int64 = 0b111
        private static let servedBit: Int64 = 0b1000
        private static let timeShift: Int64 = 4

        fileprivate var word: Int64

        fileprivate init(word: Int64) {
            self.word = word
        }

        fileprivate init(_ phase: Phase, since time: MonotonicTime, wasServed: Bool) {
            word = time.nanoseconds &<< Self.timeShift
            word |= wasServed ? Self.servedBit : 0
            word |= phase.rawValue
        }

        var phase: Phase { Phase(bits: word & Self.phaseBits) }
        var wasServed: Bool { word & Self.servedBit != 0 }
        var since: MonotonicTime { MonotonicTime(nanoseconds: word >> Self.timeShift) }
        var isAmidRequest: Bool { phase == .head || phase == .body }
    }

    let shutdownHandle: ShutdownHandle
    private let word = Atomic<Int64>(0)
    private let charged = Atomic(0)
    private let evicted = Atomic(false)

    init(_ shutdownHandle: ShutdownHandle) {
        self.shutdownHandle = shutdownHandle
    }

    var state: State { State(word: word.load(ordering: .sequentiallyConsistent)) }

    /// The time since which the connection waits for a request to begin, or nil.
    var idleSince: MonotonicTime? {
        let state = state
        return state.phase == .idle ? state.since : nil
    }

    func setPhase(_ phase: Phase, since time: MonotonicTime) {
        let wasServed = State(word: word.load(ordering: .relaxed)).wasServed
        let state = State(phase, since: time, wasServed: wasServed)
        word.store(state.word, ordering: .sequentiallyConsistent)
    }

    /// Unlike a wait, this needs no order with the check for a stop. It saves requests a fence.
    func setBusy() {
        setBusy(wasServed: State(word: word.load(ordering: .relaxed)).wasServed)
    }

    /// Notes that a request has been answered.
    func setServed() { setBusy(wasServed: true) }

    private func setBusy(wasServed: Bool) {
        let state = State(.busy, since: MonotonicTime(nanoseconds: 0), wasServed: wasServed)
        word.store(state.word, ordering: .releasing)
    }

    // MARK: Memory

    func charge(_ count: Int) { charged.add(count, ordering: .relaxed) }

    /// Returns the charged bytes and sets them to 0. So they are released once, by the connection
    /// or by its eviction.
    func takeChargedBytes() -> Int { charged.exchange(0, ordering: .relaxed) }

    // MARK: Eviction

    var isEvicted: Bool { evicted.load(ordering: .relaxed) }

    /// Ends the connection's wait, so that another gets its place or memory. A request that has
    /// arrived completely is still answered.
    func evict() {
        evicted.store(true, ordering: .relaxed)
        if state.phase == .writing { shutdownHandle.close() } else { shutdownHandle.end() }
    }
}
