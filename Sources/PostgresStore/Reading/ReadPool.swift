internal import EventLoop
internal import Logging
internal import RateLimit
internal import Storage

/// A few connections for reads and short writes, and those that wait for one, in their order.
actor ReadPool {
    /// The longest time that a read may wait and take, in all.
    static let timeMax = Duration.seconds(5)
    private static let expiryPause = Duration.milliseconds(250)

    private struct Read {
        let statements: [Statement]
        let mayRepeat: Bool
        let deadline: MonotonicTime
        let waiter: Waiter<Result<[Rows], DatabaseFault>>
    }

    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let connector: Connector
    private let log: RateLimitedLog
    private let connectionCount: Int
    private let waitingMax: Int
    private var waiting: [Read] = []
    private var idle: [LoopBound<Gate>] = []
    private var isClosed = false

    init(
        _ connector: Connector, loop: EventLoop, log: RateLimitedLog, connectionCount: Int = 4,
        waitingMax: Int = 4_096
    ) {
        self.connectionCount = connectionCount
        self.waitingMax = waitingMax
        self.connector = connector
        self.loop = loop
        self.log = log
    }

    /// Runs the statements on one connection, and returns what each has returned. A read that its
    /// connection loses is done again.
    ///
    /// - Parameter mayRepeat: Whether the statements may take effect twice.
    func run(
        _ statements: [Statement], mayRepeat: Bool = true
    ) async throws(StorageFault) -> [Rows] {
        guard !isClosed else { throw .closed }
        guard waiting.count < waitingMax else { throw .busy }
        let waiter = Waiter<Result<[Rows], DatabaseFault>>()
        let deadline = loop.now + Self.timeMax
        let result = await waiter.wait { waiter in
            waiting.append(
                Read(
                    statements: statements, mayRepeat: mayRepeat, deadline: deadline,
                    waiter: waiter))
            idle.popLast()?.value.open()
            return nil
        }
        switch result {
        case .success(let rows): return rows
        case .failure(let fault):
            log.log(.warning, "a read of the database failed", naming: ["why": "\(fault)"])
            throw isClosed ? .closed : fault.storageFault
        }
    }

    /// Works until the task is cancelled.
    func work() async {
        let loop = loop
        await withDiscardingTaskGroup { group in
            for _ in 0..<connectionCount {
                group.addTask(executorPreference: loop) { await self.serve() }
            }
            group.addTask(executorPreference: loop) { await self.expire() }
        }
        isClosed = true
        for read in waiting { read.waiter.resume(returning: .failure(.lost("closed"))) }
        waiting = []
    }

    private func serve() async {
        var kept = KeptSession(connector, on: loop)
        let gate = LoopBound(Gate(), to: loop)
        while !Task.isCancelled {
            guard !waiting.isEmpty else {
                idle.append(gate)
                await gate.pass(on: loop)
                idle.removeAll { $0.value === gate.value }
                continue
            }
            let session: any DatabaseSession
            do { session = try await kept.usable() } catch {
                log.log(
                    .error, "there is no connection to the database", naming: ["why": "\(error)"])
                continue
            }
            guard !waiting.isEmpty else { continue }
            await serve(waiting.removeFirst(), on: session)
        }
    }

    private func serve(_ read: Read, on session: any DatabaseSession) async {
        do {
            let rows = try await session.run(read.statements, until: read.deadline)
            read.waiter.resume(returning: .success(rows))
        } catch {
            // A conflict took no effect. After a lost connection nobody knows.
            let isSafe = read.mayRepeat || error.isConflict
            if error.isPassing, isSafe, !Task.isCancelled, loop.now < read.deadline {
                if error.isConflict { try? await loop.sleep(for: ConflictPause.random(after: 1)) }
                waiting.insert(read, at: 0)
            } else {
                read.waiter.resume(returning: .failure(error))
            }
        }
    }

    private func expire() async {
        while !Task.isCancelled {
            do { try await loop.sleep(for: Self.expiryPause) } catch { return }
            let expired = waiting.filter { $0.deadline <= loop.now }
            waiting.removeAll { $0.deadline <= loop.now }
            for read in expired { read.waiter.resume(returning: .failure(.timeout)) }
        }
    }
}

extension DatabaseFault {
    /// The fault that the rules of the chat know.
    var storageFault: StorageFault {
        if meansFull { return .full }
        return meansBusy || isPassing ? .busy : .failed(description)
    }
}
