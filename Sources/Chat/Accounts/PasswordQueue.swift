internal import EventLoop
internal import RateLimit
import Synchronization

/// The one way to bcrypt: counts attempts, and gives each purpose, address and account its share of
/// the threads. Log-ins have half of the turns however much else waits.
///
/// Belongs to an actor and is used on that actor alone.
final class PasswordQueue {
    private enum Key: Hashable {
        case purpose(Attempt.Purpose)
        case network(Network?)
        case account(Int)
    }

    private struct Waiting: Sendable {
        let since: MonotonicTime
        let mark: Mark
        let continuation: CheckedContinuation<Bool, Never>
    }

    /// Nobody waits for the answer any more: the process stops.
    private final class Mark: Sendable {
        private let flag = Atomic(false)
        var isCancelled: Bool { flag.load(ordering: .relaxed) }
        func cancel() { flag.store(true, ordering: .relaxed) }
    }

    /// How many wait for a turn: of one purpose, of one source of it, of one line of the source.
    private static let waitingMax = [128, 96, 32]
    /// Those who have waited longer are told to come back: their clients soon give up.
    private static let waitingTimeMax = Duration.seconds(10)
    private static let costs: [Attempt.Purpose: Double] = [
        .logIn: 1, .registration: 3, .ownAccount: 3, .administration: 3,
    ]

    private let workers: WorkerPool
    private var throttle: AttemptThrottle
    private var queue: FairQueue<Key, Waiting>
    private var running = 0
    /// Of each address, how many were counted and are not done: what may yet be given back.
    private var undecided: [Network?: Int] = [:]

    /// - Parameters:
    ///   - workers: Where passwords are hashed, and nothing else is done.
    ///   - attemptsPerMinute: By address, and by address and account; 0 is no throttling.
    init(workers: WorkerPool, attemptsPerMinute: Int) {
        self.workers = workers
        throttle = AttemptThrottle(attemptsPerMinute: attemptsPerMinute)
        queue = FairQueue(limits: Self.waitingMax) { key in
            if case .purpose(let purpose) = key { Self.costs[purpose] ?? 1 } else { 1 }
        }
    }

    /// Counts an attempt before its turn: for what is to be found out without bcrypt too.
    ///
    /// - Throws: `tooManyAttempts`, and nothing is counted.
    func count(_ attempt: Attempt) throws(ChatFault) {
        if let wait = throttle.admit(attempt, at: .current()) {
            throw .tooManyAttempts(after: wait)
        }
    }

    /// Counts an attempt when its turn has come, and checks the password that it brings. One that
    /// is right costs its address nothing: those whose turn comes later find the token again.
    ///
    /// - Throws: `tooManyAttempts`; `busy`, and nothing is counted.
    func check<Outcome: Sendable>(
        _ attempt: Attempt, isRight: (Outcome) -> Bool, _ work: @Sendable () -> Outcome
    ) async throws -> Outcome {
        let mayGetBack = undecided[attempt.network] != nil
        if let wait = throttle.wait(attempt, mayGetBack: mayGetBack, at: .current()) {
            throw ChatFault.tooManyAttempts(after: wait)
        }
        try await enter(attempt)
        defer { leave() }
        try count(attempt)
        undecided[attempt.network, default: 0] += 1
        defer { decide(attempt) }
        let outcome = try await perform(work)
        if isRight(outcome) { giveBack(attempt) }
        return outcome
    }

    /// Runs the work when the attempt's turn has come, and counts nothing.
    ///
    /// - Throws: `busy`; what the work throws.
    func run<T: Sendable>(
        _ attempt: Attempt, _ work: @Sendable () throws -> T
    ) async throws -> T {
        try await enter(attempt)
        defer { leave() }
        return try await perform(work)
    }

    /// An attempt did what it was for: neither its token nor its turn counts against its address.
    func giveBack(_ attempt: Attempt) {
        throttle.giveBack(attempt)
        queue.giveBack(Self.path(of: attempt))
    }

    /// Lets attempts of this kind go before those of strangers.
    func favour(_ attempt: Attempt) {
        queue.favour(Self.path(of: attempt))
    }

    private func perform<T: Sendable>(_ work: @Sendable () throws -> T) async throws -> T {
        do {
            return try await workers.run(work)
        } catch is WorkerPool.Busy {
            throw ChatFault.busy
        }
    }

    // MARK: Turns

    private func enter(_ attempt: Attempt) async throws(ChatFault) {
        let mark = Mark()
        let hasTurn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiting = Waiting(since: .current(), mark: mark, continuation: continuation)
                let tooMuch = queue.add(waiting, at: Self.path(of: attempt))
                tooMuch?.continuation.resume(returning: false)
                giveTurns()
            }
        } onCancel: {
            mark.cancel()
        }
        if !hasTurn { throw .busy }
    }

    private func leave() {
        running -= 1
        giveTurns()
    }

    private func decide(_ attempt: Attempt) {
        let others = undecided[attempt.network, default: 1] - 1
        undecided[attempt.network] = others > 0 ? others : nil
    }

    /// Those whose task was cancelled leave when the hash under way is done: a stop takes no longer
    /// than one of them.
    private func giveTurns() {
        guard running < workers.threadCount, !queue.isEmpty else { return }
        let now = MonotonicTime.current()
        let gone = queue.remove { waiting in
            waiting.mark.isCancelled || now - waiting.since > Self.waitingTimeMax
        }
        for waiting in gone { waiting.continuation.resume(returning: false) }
        while running < workers.threadCount, let next = queue.next() {
            running += 1
            next.continuation.resume(returning: true)
        }
    }

    /// Who is signed in has one share, wherever they ask from; a stranger's address has one.
    private static func path(of attempt: Attempt) -> [Key] {
        let (network, account) = (Key.network(attempt.network), Key.account(attempt.account))
        return attempt.purpose == .ownAccount
            ? [.purpose(attempt.purpose), account, network]
            : [.purpose(attempt.purpose), network, account]
    }
}
