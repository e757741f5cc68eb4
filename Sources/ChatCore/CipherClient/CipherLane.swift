import Chat
import CipherAPI
import Encoding
import EventLoop
import Metrics

/// The queue, connections and backoff of one operation of Cipher. A few workers send the queued
/// calls in batches. Calls that arrive while all workers are busy share the next batch.
///
/// Lanes share none of these, so an overload or failure of one operation does not reach another.
actor CipherLane {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let operation: CipherOperation
    /// The time of each request to Cipher.
    nonisolated let latency = Histogram()
    private let faults = NamedTallies()
    private let workerCount: Int
    private let connections: CipherConnections
    private let keys: CipherKeys
    private var queue: BatchQueue
    private var backoff: Backoff
    private(set) var isRunning = false
    /// Suspended workers without a call.
    private var idle: [Waiter<Void>] = []
    /// Whether a resumed worker has not run yet. It takes the next batch.
    private var isWaking = false

    init(
        _ operation: CipherOperation, _ limits: CipherLaneLimits, _ site: CipherSite,
        keys: CipherKeys
    ) {
        self.operation = operation
        self.keys = keys
        loop = site.loop
        workerCount = limits.batchesInFlightMax
        connections = CipherConnections(
            site, countMax: limits.batchesInFlightMax,
            bodyBytesMax: CipherLimits.answerBytesMax, keys: keys)
        queue = BatchQueue(limits)
        backoff = Backoff(site.limits)
    }

    nonisolated var name: String { "\(operation)" }
    /// The number of failed requests and refused calls, by reason.
    var faultCounts: NamedTallies.Counts { faults.counts }

    var queuedItemCount: Int { queue.itemCount }

    // MARK: Callers

    /// Returns the results in the order of the items. A refused call is not encoded.
    func submit(
        encode: @Sendable () throws(VaultFault) -> EncodedItems
    ) async throws(VaultFault) -> [OpenedText] {
        guard isRunning else { throw CipherClient.notRunning }
        if let fault = backoff.fault(at: loop.now) { throw fault }
        if queue.isFull {
            faults.add(VaultFault.busy.reason)
            throw .busy
        }
        let items = try encode()
        if items.count == 0 { return [] }
        let call = LoopBound(CipherCall(items, for: .current), to: loop)
        let start = loop.now
        defer { CurrentRequest.spent(loop.now - start, on: .vault) }
        let outcome = await withTaskCancellationHandler {
            await call.value.wait { enqueue(call.value) }
        } onCancel: {
            loop.call { call.value.finish(.failure(.unavailable("cancelled"))) }
        }
        return try outcome.get()
    }

    private func enqueue(_ call: CipherCall) {
        queue.append(call)
        wakeWorker()
    }

    /// Ends the pause after a failure, because a probe reached Cipher.
    func probed() {
        backoff.probed()
    }

    // MARK: Workers

    /// Sends calls to Cipher until it is cancelled. Then the queued ones fail. Runs once.
    func run() async {
        isRunning = true
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for _ in 0..<workerCount {
                    group.addTask(executorPreference: loop) { await self.runWorker() }
                }
            }
        } onCancel: {
            loop.call { self.assumeIsolated { $0.stop() } }
        }
        await connections.close()
    }

    private func stop() {
        isRunning = false
        for call in queue.removeAll() { call.finish(.failure(CipherClient.notRunning)) }
        for worker in idle { worker.resume() }
        idle = []
    }

    private func runWorker() async {
        while isRunning {
            if let batch = queue.next() {
                // Another worker takes the calls that did not fit.
                wakeWorker()
                await send(batch)
            } else {
                await Waiter<Void>().wait {
                    idle.append($0)
                    return nil
                }
                isWaking = false
            }
        }
    }

    private func wakeWorker() {
        guard !isWaking, queue.itemCount > 0, let worker = idle.popLast() else { return }
        isWaking = true
        worker.resume()
    }

    private func send(_ batch: CipherBatch) async {
        if let fault = backoff.fault(at: loop.now) { return batch.fail(fault) }
        do throws(VaultFault) {
            let start = MonotonicTime.current()
            defer { latency.add(MonotonicTime.current() - start) }
            batch.deliver(try await request(batch))
            backoff.succeeded()
        } catch {
            faults.add(error.reason)
            switch error {
            case .refused where batch.parts.count > 1:
                // One of the calls is at fault, so each goes alone.
                for part in batch.split() { await send(part) }
            case .refused, .failed, .busy, .keyRetired:
                backoff.succeeded()
                batch.fail(error)
            case .unavailable, .sealed, .otherKeys:
                backoff.failed(error, at: loop.now)
                batch.fail(error)
                for call in queue.removeAll() { call.finish(.failure(error)) }
            }
        }
    }

    private func request(_ batch: CipherBatch) async throws(VaultFault) -> [CipherAnswer.Item] {
        let response = try await connections.post(
            operation.target, batch.body, for: batch.requestIDs)
        let items = try CipherAnswer.items(response, to: operation, count: batch.itemCount)
        if operation.seals {
            let connections = connections
            try await keys.check(CipherAnswer.versions(of: items)) { () throws(VaultFault) in
                try await connections.get(CipherKeys.target)
            }
        }
        return items
    }
}

extension VaultFault {
    /// The case's name, for counts.
    fileprivate var reason: String {
        switch self {
        case .unavailable: "unavailable"
        case .sealed: "sealed"
        case .otherKeys: "other_keys"
        case .busy: "busy"
        case .refused: "refused"
        case .failed: "failed"
        case .keyRetired: "key_retired"
        }
    }
}
