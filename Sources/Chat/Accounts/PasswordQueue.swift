internal import EventLoop
internal import Metrics
internal import RateLimit
import Synchronization

/// The only way to bcrypt. It counts attempts, and gives each purpose, address and account its
/// share of the threads. Log-ins get half of the turns under any other load.
///
/// It belongs to an actor and is used on that actor alone.
final class PasswordQueue {
    private enum Key: Hashable {
        case purpose(Attempt.Purpose)
        case network(Network?)
        case account(Int)
    }

    private struct WaitingAttempt {
        let since: MonotonicTime
        let flag: CancellationFlag
        let waiter: Waiter<Bool>
    }

    /// Is set when the caller's task is cancelled, because the process stops.
    private final class CancellationFlag: Sendable {
        private let flag = Atomic(false)
        var isCancelled: Bool { flag.load(ordering: .relaxed) }
        func cancel() { flag.store(true, ordering: .relaxed) }
    }

    /// The largest numbers of waiting attempts: of a purpose, of a source within it, and of an
    /// account within the source.
    private static let waitingMax = [128, 96, 32]
    /// The longest wait for a turn. After it the attempt fails with `busy`, because clients soon
    /// give up.
    private static let waitingTimeMax = Duration.seconds(10)
    private static let costs: [Attempt.Purpose: Double] = [
        .logIn: 1, .registration: 3, .ownAccount: 3, .administration: 3,
    ]

    private let workers: WorkerPool
    private var throttle: AttemptThrottle
    private var queue: FairQueue<Key, WaitingAttempt>
    private var running = 0
    /// The times that attempts waited for their turn.
    let waits = Histogram()
    /// The attempts of each address that are counted and not finished. Their tokens may be given
    /// back.
    private var unfinished: [Network?: Int] = [:]

    /// - Parameters:
    ///   - workers: The threads that hash passwords, and do nothing else.
    ///   - attemptsPerMinute: The limit by address, and by address and account. 0 means no
    ///     throttling.
    init(workers: WorkerPool, attemptsPerMinute: Int) {
        self.workers = workers
        throttle = AttemptThrottle(attemptsPerMinute: attemptsPerMinute)
        queue = FairQueue(limits: Self.waitingMax) { key in
            if case .purpose(let purpose) = key { Self.costs[purpose] ?? 1 } else { 1 }
        }
    }

    var waitingCount: Int { queue.count }
    func limited(at now: MonotonicTime) -> [LimitedUse] { throttle.limited(at: now) }

    /// Counts an attempt before its turn. Use it for checks that need no bcrypt.
    ///
    /// - Throws: `tooManyAttempts`, and nothing is counted.
    func count(_ attempt: Attempt) throws(ChatFault) {
        if let wait = throttle.admit(attempt, at: .current()) {
            throw .tooManyAttempts(after: wait)
        }
    }

    /// Checks a password when the attempt's turn has come, and counts the attempt then. A right
    /// password gives the address its token back, for attempts whose turn comes later.
    ///
    /// - Throws: `tooManyAttempts`; `busy`, and nothing is counted.
    func check<Outcome: Sendable>(
        _ attempt: Attempt, isRight: (Outcome) -> Bool, _ work: @Sendable () -> Outcome
    ) async throws -> Outcome {
        let mayGetBack = unfinished[attempt.network] != nil
        if let wait = throttle.wait(attempt, mayGetBack: mayGetBack, at: .current()) {
            throttle.noteRefusal(of: attempt)
            throw ChatFault.tooManyAttempts(after: wait)
        }
        try await enter(attempt)
        defer { leave() }
        try count(attempt)
        unfinished[attempt.network, default: 0] += 1
        defer { finish(attempt) }
        let outcome = try await perform(work)
        if isRight(outcome) { giveBack(attempt) }
        return outcome
    }

    /// Runs the work when the attempt's turn has come, and counts nothing.
    ///
    /// - Throws: `busy`; the error of the work.
    func run<T: Sendable>(
        _ attempt: Attempt, _ work: @Sendable () throws -> T
    ) async throws -> T {
        try await enter(attempt)
        defer { leave() }
        return try await perform(work)
    }

    /// Gives back the address's token and turn of an attempt that succeeded.
    func giveBack(_ attempt: Attempt) {
        throttle.giveBack(attempt)
        queue.giveBack(Self.path(of: attempt))
    }

    /// Prefers attempts of this kind to those of unknown sources.
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
        let flag = CancellationFlag()
        let start = MonotonicTime.current()
        let hasTurn = await withTaskCancellationHandler {
            await Waiter<Bool>().wait { waiter in
                let waiting = WaitingAttempt(since: .current(), flag: flag, waiter: waiter)
                let tooMuch = queue.add(waiting, at: Self.path(of: attempt))
                tooMuch?.waiter.resume(returning: false)
                giveTurns()
                return nil
            }
        } onCancel: {
            flag.cancel()
        }
        let time = MonotonicTime.current() - start
        waits.add(time)
        CurrentRequest.spent(time, on: .queue)
        if !hasTurn { throw .busy }
    }

    private func leave() {
        running -= 1
        giveTurns()
    }

    private func finish(_ attempt: Attempt) {
        let others = unfinished[attempt.network, default: 1] - 1
        unfinished[attempt.network] = others > 0 ? others : nil
    }

    /// Removes cancelled and expired attempts, and begins the next ones. It runs after each hash,
    /// so a stop takes no longer than one hash.
    private func giveTurns() {
        guard running < workers.threadCount, !queue.isEmpty else { return }
        let now = MonotonicTime.current()
        let gone = queue.remove { waiting in
            waiting.flag.isCancelled || now - waiting.since > Self.waitingTimeMax
        }
        for waiting in gone { waiting.waiter.resume(returning: false) }
        while running < workers.threadCount, let next = queue.next() {
            running += 1
            next.waiter.resume(returning: true)
        }
    }

    /// Returns the path of shares. A signed-in user has one share from all addresses. Other
    /// attempts share by address.
    private static func path(of attempt: Attempt) -> [Key] {
        let (network, account) = (Key.network(attempt.network), Key.account(attempt.account))
        return attempt.purpose == .ownAccount
            ? [.purpose(attempt.purpose), account, network]
            : [.purpose(attempt.purpose), network, account]
    }
}
