import EventLoop
import Synchronization

/// What others may know of a connection: what it waits for and since when, how much memory it is
/// charged for, and how to end the wait.
final class ConnectionStatus: Sendable {
    enum Phase: Int64, CaseIterable {
        /// At work, or its reader is keeping up.
        case busy
        /// It waits for a request to begin.
        case idle
        /// It waits for the rest of a head, or of a body.
        case head, body
        /// It waits for its reader.
        case writing

        fileprivate init(bits: Int64) {
            self = Phase.allCases.first { $0.rawValue == bits } ?? .busy
        }
    }

    /// Phase, whether a request of it was ever answered, and since when it waits, in one word.
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

    let input: ShutdownHandle
    private let word = Atomic<Int64>(0)
    private let held = Atomic(0)
    private let evicted = Atomic(false)

    init(_ input: ShutdownHandle) {
        self.input = input
    }

    var state: State { State(word: word.load(ordering: .sequentiallyConsistent)) }

    /// Nil unless it waits for a request to begin.
    var idleSince: MonotonicTime? {
        let state = state
        return state.phase == .idle ? state.since : nil
    }

    func setPhase(_ phase: Phase, since time: MonotonicTime) {
        let wasServed = State(word: word.load(ordering: .relaxed)).wasServed
        let state = State(phase, since: time, wasServed: wasServed)
        word.store(state.word, ordering: .sequentiallyConsistent)
    }

    func setBusy() { setPhase(.busy, since: MonotonicTime(nanoseconds: 0)) }

    /// A request of it has been answered.
    func setServed() {
        let served = State(.busy, since: MonotonicTime(nanoseconds: 0), wasServed: true)
        word.store(served.word, ordering: .sequentiallyConsistent)
    }

    /// Bytes that it is charged for, which only one of those that release them gets to know.
    func hold(_ count: Int) { held.add(count, ordering: .relaxed) }
    func takeHeldBytes() -> Int { held.exchange(0, ordering: .relaxed) }

    // MARK: Making way

    /// Whether it was told to end, so that its place or its bytes are another's.
    var isEvicted: Bool { evicted.load(ordering: .relaxed) }

    /// Ends its wait. A request that has come whole is still answered.
    func evict() {
        evicted.store(true, ordering: .relaxed)
        if state.phase == .writing { input.close() } else { input.end() }
    }
}
