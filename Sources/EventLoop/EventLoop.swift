internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread that runs jobs and waits for descriptors.
///
/// It is a `TaskExecutor` for the tasks of connections, and a `SerialExecutor` for the actors that
/// own state. Both run on the same thread, so a call from a task into an actor needs no switch of
/// threads and no lock.
///
/// `@unchecked Sendable`: `enqueue` and `call` may come from any thread and touch only `inbox`. The
/// rest is used on the loop's own thread alone.
package final class EventLoop: TaskExecutor, SerialExecutor, @unchecked Sendable {
    /// The largest number of jobs between two checks of the descriptors.
    private static let jobsPerTurnMax = 256

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        /// Whether the loop sleeps or is about to, so that it must be woken.
        var isAsleep = false

        var isEmpty: Bool { jobs.isEmpty && calls.isEmpty }
    }

    private let inbox = Mutex(Inbox())
    private let inboxIsFilled = Atomic(false)
    private let epoll: Epoll
    private var threadID: pid_t = 0
    // Every turn of every task reads these. Ten checks of their exclusive use were 3 % of a poll.
    // No access to them spans a call that reaches them again.
    @exclusivity(unchecked) private var ready: [UnownedJob] = []
    @exclusivity(unchecked) private var running: [UnownedJob] = []
    @exclusivity(unchecked) var waitRegistry = WaitRegistry()
    /// The buffer that all reads share. The bytes are copied from it, so a connection that waits
    /// holds no buffer.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 64)
    /// The same for decoded input of a filter, and for output that goes into it in one piece.
    let filterBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 64)
    let handshakeTurns = HandshakeTurns()

    /// The time at the start of this turn.
    @exclusivity(unchecked) package private(set) var now = MonotonicTime.current()

    package init() throws(SystemCallError) {
        epoll = try Epoll()
    }

    deinit {
        readBuffer.deallocate()
        filterBuffer.deallocate()
    }

    package var isCurrent: Bool { clinux_thread_id() == threadID }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            ready.append(job)
        } else {
            deliver { $0.jobs.append(job) }
        }
    }

    package func checkIsolated() {
        precondition(isCurrent, "not on the loop's thread")
    }

    /// Runs `body` on the loop's thread soon. May be called from any thread.
    package func call(_ body: @escaping @Sendable () -> Void) {
        deliver { $0.calls.append(body) }
    }

    /// Suspends the task for this time. Throws `CancellationError` if the task is cancelled.
    package func sleep(for duration: Duration) async throws {
        let number = waitRegistry.nextSleeperNumber()
        let deadline = MonotonicTime.current() + duration
        let hasSlept = await Waiter<Bool>().wait(on: self) {
            self.waitRegistry.endSleep(number, isCancelled: true)
        } beginning: { waiter in
            waitRegistry.addSleeper(number, waiter, until: deadline)
            return nil
        }
        guard hasSlept else { throw CancellationError() }
    }

    func register(_ readiness: DescriptorReadiness) throws(SystemCallError) {
        try epoll.add(readiness.number, key: readiness.key)
        waitRegistry.add(readiness)
    }

    /// Runs `main` and all tasks that it starts on the calling thread, and returns its result.
    package func run<T: Sendable>(_ main: @escaping @Sendable () async throws -> T) throws -> T {
        threadID = clinux_thread_id()
        let root = RootResult<T>()
        // The one unstructured task. All others are its descendants.
        Task(executorPreference: self) {
            do {
                root.result = .success(try await main())
            } catch {
                root.result = .failure(error)
            }
        }
        while true {
            takeInbox()
            runJobs()
            if let result = root.result { return try result.get() }
            waitForEvents()
        }
    }

    private func deliver(_ put: (inout Inbox) -> Void) {
        let mustWake = inbox.withLock { inbox in
            put(&inbox)
            inboxIsFilled.store(true, ordering: .releasing)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        if mustWake { epoll.wake() }
    }

    private func takeInbox() {
        guard inboxIsFilled.load(ordering: .acquiring) else { return }
        let taken = inbox.withLock { inbox in
            inboxIsFilled.store(false, ordering: .releasing)
            defer { inbox = Inbox() }
            return inbox
        }
        ready.append(contentsOf: taken.jobs)
        for call in taken.calls { call() }
    }

    private func runJobs() {
        var left = Self.jobsPerTurnMax
        while !ready.isEmpty, left > 0 {
            swap(&ready, &running)
            left -= running.count
            for job in running {
                job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
            running.removeAll(keepingCapacity: true)
        }
    }

    private func waitForEvents() {
        epoll.wait(milliseconds: timeout()) { key, events in
            waitRegistry.update(key, with: events)
        }
        now = .current()
        while let due = waitRegistry.timers.popDue(at: now) { waitRegistry.expire(due, at: now) }
    }

    /// Returns the longest time that epoll may wait, in milliseconds. -1 means no limit.
    private func timeout() -> Int32 {
        guard ready.isEmpty, mayFallAsleep() else { return 0 }
        guard let earliest = waitRegistry.timers.earliest else { return -1 }
        let current = MonotonicTime.current()
        guard earliest > current else { return 0 }
        let nanoseconds = earliest.nanoseconds - current.nanoseconds
        return Int32(clamping: (nanoseconds - 1) / 1_000_000 + 1)
    }

    private func mayFallAsleep() -> Bool {
        inbox.withLock { inbox in
            inbox.isAsleep = inbox.isEmpty
            return inbox.isAsleep
        }
    }
}

/// The result of the root task.
///
/// `@unchecked Sendable`: written and read on the loop's thread alone.
private final class RootResult<T: Sendable>: @unchecked Sendable {
    var result: Result<T, any Error>?
}
