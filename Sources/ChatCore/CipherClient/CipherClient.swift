import Chat
import CipherAPI
import Encoding
import EventLoop
import HTTP
import Program

/// Cipher over HTTP. While requests are under way, what arrives waits and goes out together.
///
/// Every connection begins with a look at the keys behind it, so that nothing is sealed or opened
/// by a process whose keys were not approved: Cipher may have been restarted with others.
actor CipherClient {
    typealias Approve = @Sendable ([VaultKey]) async throws(VaultFault) -> Void

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let address: CipherAddress
    let limits: CipherClientLimits
    let secret: Secret?
    let resolver: WorkerPool?

    /// For the keys alone, and without an introduction: it must work when the keys are wrong.
    private let looking: Client
    /// Nil unless it runs.
    private var sealing: Client?
    private var approve: Approve?
    private var refusal: VaultFault?
    /// Versions that a vault held whose keys were approved.
    private var approvedVersions: Set<Int> = []

    private var queues: [CipherOperation: BatchQueue] = [:]
    private var underWay: [Int: (operation: CipherOperation, batch: CipherBatch)] = [:]
    private var calls: [Int: CipherCall] = [:]
    private var lastNumber = 0
    private var backoff: Backoff
    private var hasWork = false
    private var worker: UnsafeContinuation<Void, Never>?

    /// - Parameters:
    ///   - address: Where Cipher is.
    ///   - secret: What it wants to hear from callers; nil where it asks for nothing.
    ///   - loop: The only thread it is used on.
    ///   - resolver: Where the host's name is looked up.
    ///   - limits: Of connections, batches, and who waits.
    init(
        _ address: CipherAddress, secret: Secret?, loop: EventLoop, resolver: WorkerPool?,
        limits: CipherClientLimits = CipherClientLimits()
    ) {
        self.address = address
        self.secret = secret
        self.loop = loop
        self.resolver = resolver
        self.limits = limits
        backoff = Backoff(limits)
        looking = Client(
            host: address.host, port: address.port, loop: loop,
            limits: limits.http(connectionCountMax: 1, bodyBytesMax: limits.keysBytesMax),
            resolver: resolver)
    }

    /// Sends what is asked, until it is cancelled: then whoever waits is told. Before and after,
    /// only `keys` works.
    ///
    /// - Parameter approve: Throws where nothing may go to a vault that holds these keys. Asked
    ///   for every connection, and when a content comes back under a version never seen.
    func run(approve: @escaping Approve) async {
        precondition(sealing == nil, "it runs already")
        self.approve = approve
        let sealing = Client(
            host: address.host, port: address.port, loop: loop,
            limits: limits.http(
                connectionCountMax: limits.connectionCountMax,
                bodyBytesMax: CipherLimits.answerBytesMax),
            resolver: resolver,
            introduction: Introduction(
                target: "/keys", fields: { [secret] in Self.fields(secret) },
                accepts: { await self.accepts($0) }))
        self.sealing = sealing
        await withTaskCancellationHandler {
            await work()
        } onCancel: {
            loop.call { self.assumeIsolated { $0.wake() } }
        }
        await sealing.close()
    }

    var isRunning: Bool { sealing != nil }
    var waitingItemCount: Int { queues.values.reduce(0) { $0 + $1.itemCount } }

    // MARK: Callers

    /// Who is turned away has not been encoded: that is what a call costs here.
    func submit(
        _ count: Int, to operation: CipherOperation,
        encode: () throws(VaultFault) -> EncodedItems
    ) async throws(VaultFault) -> [JSONText?] {
        if count == 0 { return [] }
        guard sealing != nil else { throw Self.notRunning }
        if let fault = backoff.fault(at: loop.now) { throw fault }
        guard hasRoom(for: count) else { throw .busy }
        let items = try encode()
        lastNumber += 1
        let number = lastNumber
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { caller in
                enqueue(
                    CipherCall(
                        number: number, items: items, requestID: .current, caller: caller),
                    to: operation)
                if Task.isCancelled { abandon(number) }
            }
        } onCancel: {
            loop.call { self.assumeIsolated { $0.abandon(number) } }
        }
        calls[number] = nil
        return try outcome.get()
    }

    /// The keys as they are now. Whoever fails to ask does not count as a failure: this is how one
    /// finds out that Cipher is back.
    func currentKeys() async throws(VaultFault) -> [VaultKey] {
        let response = try await send(.get, "/keys", over: looking)
        let keys = try CipherAnswer.keys(response)
        backoff.reached()
        return keys
    }

    private func enqueue(_ call: CipherCall, to operation: CipherOperation) {
        calls[call.number] = call
        queues[operation, default: BatchQueue()].append(call)
        wake()
    }

    private func abandon(_ number: Int) {
        calls[number]?.end(.failure(.unavailable("cancelled")))
    }

    private func hasRoom(for itemCount: Int) -> Bool {
        let waitingItems = waitingItemCount
        if waitingItems == 0 { return true }
        let waitingBytes = queues.values.reduce(0) { $0 + $1.byteCount }
        return waitingItems + itemCount <= limits.waitingItemsMax
            && waitingBytes < limits.waitingBytesMax
    }

    // MARK: Batches

    private func work() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                while let number = begin() {
                    group.addTask(executorPreference: loop) { await self.exchange(number) }
                }
                if !hasWork { await withUnsafeContinuation { worker = $0 } }
                hasWork = false
            }
            sealing = nil
            for call in calls.values { call.end(.failure(Self.notRunning)) }
            queues = [:]
            group.cancelAll()
        }
    }

    private func wake() {
        hasWork = true
        worker?.resume()
        worker = nil
    }

    /// Takes the next batch out of a queue; nil where there is none, or as many of its kind are
    /// under way as may.
    private func begin() -> Int? {
        for operation in CipherOperation.allCases {
            let count = underWay.values.count { $0.operation == operation }
            guard count < operation.batchesUnderWayMax,
                let batch = queues[operation]?.next(limits)
            else { continue }
            lastNumber += 1
            underWay[lastNumber] = (operation, batch)
            return lastNumber
        }
        return nil
    }

    private func exchange(_ number: Int) async {
        guard let (operation, batch) = underWay[number] else { return }
        do throws(VaultFault) {
            var answers = try await ask(operation, batch)[...]
            backoff.succeeded()
            for part in batch.parts {
                part.call.fill(part.items, with: answers.prefix(part.items.count))
                answers = answers.dropFirst(part.items.count)
            }
        } catch {
            backoff.failed(error, at: loop.now)
            for part in batch.parts { part.call.end(.failure(error)) }
            for operation in CipherOperation.allCases {
                let waiting = queues[operation]?.removeAll() ?? []
                for call in waiting { call.end(.failure(error)) }
            }
        }
        underWay[number] = nil
        wake()
    }

    private func ask(
        _ operation: CipherOperation, _ batch: CipherBatch
    ) async throws(VaultFault) -> [CipherAnswer.Item] {
        guard let sealing else { throw Self.notRunning }
        let response = try await send(
            .post, operation.target, body: batch.body, for: batch.requestIDs, over: sealing)
        let items = try CipherAnswer.items(response, to: operation, count: batch.itemCount)
        if operation.seals { try await checkVersions(of: items, over: sealing) }
        return items
    }

    // MARK: Keys

    private func accepts(_ response: ClientResponse) async -> Bool {
        do throws(VaultFault) {
            try await approveKeys(in: response)
            refusal = nil
            return true
        } catch {
            refusal = error
            return false
        }
    }

    private func approveKeys(in response: ClientResponse) async throws(VaultFault) {
        guard let approve else { throw Self.notRunning }
        let keys = try CipherAnswer.keys(response)
        try await approve(keys)
        approvedVersions.formUnion(keys.map(\.version))
    }

    /// A key may have been added while connections stayed: then it is looked at before anything
    /// that it sealed is given away.
    private func checkVersions(
        of items: [CipherAnswer.Item], over client: Client
    ) async throws(VaultFault) {
        let versions = items.compactMap { item in
            (try? item.get()).flatMap { CipherAnswer.version(of: $0) }
        }
        if approvedVersions.isSuperset(of: versions) { return }
        try await approveKeys(in: try await send(.get, "/keys", over: client))
        guard approvedVersions.isSuperset(of: versions) else { throw CipherAnswer.unreadable }
    }

    // MARK: HTTP

    private func send(
        _ method: HTTP.Method, _ target: String, body: [UInt8] = [], for requestIDs: String = "",
        over client: Client
    ) async throws(VaultFault) -> ClientResponse {
        var fields = Self.fields(secret, hasBody: !body.isEmpty)
        if !requestIDs.isEmpty { fields.append((RequestID.field, requestIDs)) }
        do {
            // Whatever Cipher is asked, asking twice does no harm.
            return try await client.send(
                method, target, fields: fields, body: body, mayRepeat: true)
        } catch {
            if error == .refused, let refusal { throw refusal }
            throw .unavailable("Cipher is not reached: \(error)")
        }
    }

    private static let notRunning = VaultFault.unavailable("the client of Cipher does not run")
}
