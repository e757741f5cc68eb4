internal import Glibc
internal import Synchronization

/// A fixed number of threads for work that blocks, and a bounded queue.
///
/// `@unchecked Sendable`: the queue has a mutex, the semaphore may be shared, and the list of
/// threads is written only by `init`, `stop` and `abandon`.
package final class WorkerPool: TaskExecutor, @unchecked Sendable {
    /// The queue is full. Try again later.
    package struct Busy: Error {}

    private enum Job {
        case task(UnownedJob)
        case call(@Sendable () -> Void)
    }

    private struct Queue {
        /// Taken jobs are nil, so that their values are freed.
        var jobs: [Job?] = []
        var first = 0
        var admitted = 0
        var isStopping = false

        mutating func next() -> Job? {
            guard first < jobs.count else { return nil }
            defer { first += 1 }
            if first >= 64, first * 2 >= jobs.count {
                jobs.removeFirst(first)
                first = 0
            }
            return jobs[first].take()
        }
    }

    private let queue = Mutex(Queue())
    private let filled: UnsafeMutablePointer<sem_t>
    private var threads: [pthread_t] = []
    private let admittedMax: Int
    /// The number of jobs that run at once.
    package let threadCount: Int

    /// - Parameters:
    ///   - threads: The number of threads.
    ///   - waitingMax: The number of waiting jobs beyond which `run` refuses.
    package init(threads: Int, waitingMax: Int) {
        precondition(threads > 0 && waitingMax >= 0)
        admittedMax = threads + waitingMax
        threadCount = threads
        filled = .allocate(capacity: 1)
        sem_init(filled, 0, 0)
        for _ in 0..<threads { start() }
    }

    /// Runs `work` on one of the threads and returns on the caller's executor.
    ///
    /// Throws the error of `work`, or `Busy` without running it.
    @concurrent
    package func run<T: Sendable>(_ work: @Sendable () throws -> T) async throws -> T {
        guard admit() else { throw Busy() }
        defer { leave() }
        return try await withTaskExecutorPreference(self) { try work() }
    }

    /// Runs `work` on one of the threads, and then `finish` with its result on the loop. No task
    /// waits for it, and it is never refused.
    package func run<T: Sendable>(
        _ work: @escaping @Sendable () -> T, thenOn loop: EventLoop,
        _ finish: @escaping @Sendable (T) -> Void
    ) {
        add(
            .call {
                let result = work()
                loop.call { finish(result) }
            })
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        add(.task(UnownedJob(job)))
    }

    private func add(_ job: Job) {
        queue.withLock { $0.jobs.append(job) }
        sem_post(filled)
    }

    /// Finishes the queued jobs, ends the threads, and waits for them. No job may be added
    /// afterwards.
    package func stop() {
        queue.withLock { $0.isStopping = true }
        for _ in threads { sem_post(filled) }
        for thread in threads {
            // The last reference may be released on one of the pool's own threads.
            if pthread_equal(thread, pthread_self()) != 0 {
                pthread_detach(thread)
            } else {
                pthread_join(thread, nil)
            }
        }
        threads = []
    }

    /// Ends the threads without waiting for jobs that run, for work that nobody can cut short, such
    /// as a lookup of a name. No job may be added afterwards.
    package func abandon() {
        queue.withLock { $0.isStopping = true }
        for _ in threads { sem_post(filled) }
        for thread in threads { pthread_detach(thread) }
        threads = []
    }

    deinit {
        precondition(threads.isEmpty, "a pool must be stopped before it is dropped")
        sem_destroy(filled)
        filled.deallocate()
    }

    private func admit() -> Bool {
        queue.withLock { queue in
            guard queue.admitted < admittedMax else { return false }
            queue.admitted += 1
            return true
        }
    }

    private func leave() {
        queue.withLock { $0.admitted -= 1 }
    }

    private func start() {
        var thread = pthread_t()
        // Each thread retains the pool until it ends.
        let me = Unmanaged.passRetained(self).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<WorkerPool>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            }, me)
        precondition(result == 0, "no thread can be started")
        threads.append(thread)
    }

    private func work() {
        while true {
            while sem_wait(filled) != 0 {}
            let (job, isStopping) = queue.withLock { ($0.next(), $0.isStopping) }
            switch job {
            case .task(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .call(let call): call()
            case nil: if isStopping { return }
            }
        }
    }
}
