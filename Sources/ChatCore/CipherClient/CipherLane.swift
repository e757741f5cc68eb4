import Chat
import CipherAPI
import Encoding
import EventLoop

/// One operation of Cipher's: the calls for it wait here, and a few workers carry them there.
/// While all of them are under way, what arrives waits and goes out together.
///
/// A lane has its own queue, connections and pauses. What fails or is too much in one is neither
/// noticed nor waited for in another.
actor CipherLane {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let operation: CipherOperation
    private let workerCount: Int
    private let connections: CipherConnections
    private let keys: CipherKeys
    private var queue: BatchQueue
    private var backoff: Backoff
    private(set) var isRunning = false
    /// Workers that wait for a call.
    private var idle: [UnsafeContinuation<Void, Never>] = []
    /// Whether one of them is about to take what waits.
    private var isWaking = false

    init(
        _ operation: CipherOperation, _ limits: CipherLaneLimits, _ site: CipherSite,
        keys: CipherKeys
    ) {
        self.operation = operation
        self.keys = keys
        loop = site.loop
        workerCount = limits.batchesUnderWayMax
        connections = CipherConnections(
            site, countMax: limits.batchesUnderWayMax,
            bodyBytesMax: CipherLimits.answerBytesMax, keys: keys)
        queue = BatchQueue(limits)
        backoff = Backoff(site.limits)
    }

    var waitingItemCount: Int { queue.itemCount }

    // MARK: Callers

    /// The results in the order of the items. A call that is turned away has not been encoded.
    func submit(
        encode: @Sendable () throws(VaultFault) -> EncodedItems
    ) async throws(VaultFault) -> [OpenedText] {
        guard isRunning else { throw CipherClient.notRunning }
        if let fault = backoff.fault(at: loop.now) { throw fault }
        if queue.isFull { throw .busy }
        let items = try encode()
        if items.count == 0 { return [] }
        let call = LoopBound(CipherCall(items, for: .current), to: loop)
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { enqueue(call.here, for: $0) }
        } onCancel: {
            loop.call { call.here.end(.failure(.unavailable("cancelled"))) }
        }
        return try outcome.get()
    }

    private func enqueue(
        _ call: CipherCall, for caller: UnsafeContinuation<CipherCall.Outcome, Never>
    ) {
        call.await(by: caller)
        if call.isOver { return }
        queue.append(call)
        wake()
    }

    /// Cipher was reached, but not for what had failed here: that may be tried again now.
    func reached() {
        backoff.reached()
    }

    // MARK: Workers

    /// Carries calls to Cipher until it is cancelled; then all who wait are told. Runs once.
    func run() async {
        isRunning = true
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for _ in 0..<workerCount {
                    group.addTask(executorPreference: loop) { await self.work() }
                }
            }
        } onCancel: {
            loop.call { self.assumeIsolated { $0.stop() } }
        }
        await connections.close()
    }

    private func stop() {
        isRunning = false
        for call in queue.removeAll() { call.end(.failure(CipherClient.notRunning)) }
        for worker in idle { worker.resume() }
        idle = []
    }

    private func work() async {
        while isRunning {
            if let batch = queue.next() {
                // What this one leaves is for another.
                wake()
                await carry(batch)
            } else {
                await withUnsafeContinuation { idle.append($0) }
                isWaking = false
            }
        }
    }

    private func wake() {
        guard !isWaking, queue.itemCount > 0, let worker = idle.popLast() else { return }
        isWaking = true
        worker.resume()
    }

    private func carry(_ batch: CipherBatch) async {
        if let fault = backoff.fault(at: loop.now) { return batch.end(fault) }
        do throws(VaultFault) {
            batch.fill(with: try await ask(batch))
            backoff.succeeded()
        } catch {
            switch error {
            case .refused where batch.parts.count > 1:
                // One of the calls spoils it for the others.
                for part in batch.apart { await carry(part) }
            case .refused, .failed, .busy, .keyRetired:
                backoff.succeeded()
                batch.end(error)
            case .unavailable, .otherKeys:
                backoff.failed(error, at: loop.now)
                batch.end(error)
                for call in queue.removeAll() { call.end(.failure(error)) }
            }
        }
    }

    private func ask(_ batch: CipherBatch) async throws(VaultFault) -> [CipherAnswer.Item] {
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
