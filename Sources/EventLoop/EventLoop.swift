internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread that runs jobs and waits for descriptors.
///
/// As a `TaskExecutor` it runs the tasks of connections, as a `SerialExecutor` the actors that own
/// state: since both are the same thread, a call from one into the other is neither hop nor lock.
///
/// `@unchecked Sendable`: `enqueue` and `call` may come from any thread and touch only `inbox`;
/// everything else is used on the loop's own thread alone.
package final class EventLoop: TaskExecutor, SerialExecutor, @unchecked Sendable {
    /// How many jobs run before the descriptors are looked at again.
    private static let jobsPerTurnMax = 256

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        /// The loop sleeps, or is about to: it must be woken.
        var isAsleep = false

        var isEmpty: Bool { jobs.isEmpty && calls.isEmpty }
    }

    private let inbox = Mutex(Inbox())
    private let inboxIsFilled = Atomic(false)
    private let epoll: Epoll
    private var threadID: pid_t = 0
    private var ready: [UnownedJob] = []
    private var running: [UnownedJob] = []
    var waitRegistry = WaitRegistry()
    /// Where reads land before they are copied to who asked, so that nobody holds room while idle.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 64)

    /// The time at the start of this turn.
    package private(set) var now = MonotonicTime.current()

    package init() throws(SystemCallError) {
        epoll = try Epoll()
    }

    deinit { readBuffer.deallocate() }

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

    /// Has `body` run on the loop's thread soon; for callers that may be on any thread.
    package func call(_ body: @escaping @Sendable () -> Void) {
        deliver { $0.calls.append(body) }
    }

    func register(_ readiness: DescriptorReadiness) throws(SystemCallError) {
        try epoll.add(readiness.number, key: readiness.key)
        waitRegistry.add(readiness)
    }

    /// Runs `main` and all that it starts on the calling thread, until it returns.
    package func run<T: Sendable>(_ main: @escaping @Sendable () async throws -> T) throws -> T {
        threadID = clinux_thread_id()
        let root = RootResult<T>()
        // The one unstructured task: the root from which all others descend.
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

    /// How long the poll may sleep, in milliseconds; -1 until something happens.
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

/// What the root task came to.
///
/// `@unchecked Sendable`: written and read on the loop's thread alone.
private final class RootResult<T: Sendable>: @unchecked Sendable {
    var result: Result<T, any Error>?
}
