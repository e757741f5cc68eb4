import Chat
import CipherAPI
import Encoding
import EventLoop
import HTTP
import Program
import Storage
import Synchronization

/// The vault that Cipher provides over HTTP. Each operation has its own lane, so that readers delay
/// no sender and background work delays neither.
final class CipherClient: Vault {
    private let keys: CipherKeys
    /// Fetches the keys only, without a check, so that it works while the keys are wrong.
    private let probes: CipherConnections
    private let seals: CipherLane
    private let opens: CipherLane
    private let rewraps: CipherLane
    /// Photos have connections of their own, so that no text waits behind a chunk.
    private let chunkSeals: CipherConnections
    private let chunkOpens: CipherConnections
    private let loop: EventLoop
    private let keyExhausted = Atomic(false)
    private let latest: LoopBound<Latest>

    private final class Latest {
        var keys: KeysResponse?
    }

    static let notRunning = VaultFault.unavailable("the client of Cipher does not run")

    /// - Parameters:
    ///   - address: The address of Cipher.
    ///   - secret: The secret shared with Cipher; nil if Cipher asks for none.
    ///   - loop: The only thread it is used on.
    ///   - resolver: The pool that looks up the host's name.
    ///   - handshake: Completed on every new connection; nil where Cipher speaks plain HTTP.
    ///   - limits: The limits on connections, batches and queues.
    init(
        _ address: CipherAddress, secret: SharedSecret?, loop: EventLoop, resolver: WorkerPool?,
        handshake: Handshake? = nil, limits: CipherClientLimits = CipherClientLimits()
    ) {
        let site = CipherSite(
            address: address, secret: secret, loop: loop, resolver: resolver,
            handshake: handshake, limits: limits)
        self.loop = loop
        latest = LoopBound(Latest(), to: loop)
        keys = CipherKeys(loop: loop)
        probes = CipherConnections(
            site, countMax: 1, bodyBytesMax: limits.keysBytesMax, keys: nil)
        seals = CipherLane(.encrypt, limits.seals, site, keys: keys)
        opens = CipherLane(.decrypt, limits.opens, site, keys: keys)
        rewraps = CipherLane(.rewrap, limits.rewraps, site, keys: keys)
        chunkSeals = CipherConnections(
            site, countMax: 1, bodyBytesMax: 2 * CipherLimits.chunkBytesMax, keys: keys)
        chunkOpens = CipherConnections(
            site, countMax: 1, bodyBytesMax: 2 * CipherLimits.chunkBytesMax, keys: keys)
    }

    /// Carries calls to Cipher until it is cancelled. Then the queued ones fail. Before and after,
    /// only `keys` works. Runs once.
    ///
    /// - Parameter approve: Throws if nothing may go to a vault that holds these keys. It runs for
    ///   every connection, and for a content under a version that was not approved yet.
    func run(approve: @escaping CipherKeys.Approve) async {
        await keys.setApproval(approve)
        await withDiscardingTaskGroup { group in
            for lane in lanes {
                group.addTask(executorPreference: self.loop) { await lane.run() }
            }
        }
        await keys.setApproval(nil)
        await chunkSeals.close()
        await chunkOpens.close()
    }

    var lanes: [CipherLane] { [seals, opens, rewraps] }

    var isRunning: Bool {
        get async {
            for lane in lanes where await !lane.isRunning { return false }
            return true
        }
    }

    var queuedItemCount: Int {
        get async {
            var count = 0
            for lane in lanes { count += await lane.queuedItemCount }
            return count
        }
    }

    // MARK: Vault

    func seal(
        _ text: ByteText, context: ByteText
    ) async throws(VaultFault) -> ByteText {
        let results = try await seals.submit { () throws(VaultFault) in
            guard text.utf8Count <= CipherLimits.textBytesMax else { throw Self.tooLong }
            return try Self.encode([
                CipherItem(text: JSONText(text), keyContext: JSONText(context))
            ])
        }
        guard let content = results.first?.found else { throw CipherAnswer.unreadable }
        return content.text
    }

    func open(_ sealed: [SealedText]) async throws(VaultFault) -> [OpenedText] {
        try await opens.submit { () throws(VaultFault) in
            try Self.encode(sealed.map(CipherItem.init))
        }
    }

    func open(_ messages: RecordedMessages) async throws(VaultFault) -> [OpenedText] {
        try await opens.submit { () throws(VaultFault) in try Self.encode(messages) }
    }

    func rewrap(_ sealed: [SealedText]) async throws(VaultFault) -> [OpenedText] {
        try await rewraps.submit { () throws(VaultFault) in
            try Self.encode(sealed.map(CipherItem.init))
        }
    }

    func chunk(
        _ operation: ChunkOperation, _ bytes: [UInt8], context: ByteText
    ) async throws(VaultFault) -> VaultChunk {
        let (connections, route, more): (CipherConnections, CipherOperation, Int) =
            switch operation {
            case .seal: (chunkSeals, .encrypt, ChunkRequest.sealBytes)
            case .open: (chunkOpens, .decrypt, -ChunkRequest.sealBytes)
            case .rewrap: (chunkSeals, .rewrap, 0)
            }
        let response = try await connections.post(
            route.chunkTarget, ChunkRequest.encode(bytes.span, context: context.utf8.span),
            for: RequestID.current?.text ?? "", type: "application/octet-stream")
        let chunk = try CipherAnswer.chunk(response, to: route)
        if case .bytes(let answer) = chunk, answer.count != bytes.count + more {
            throw CipherAnswer.unreadable
        }
        if route.seals, case .bytes(let sealed) = chunk {
            guard let version = SealedChunk.version(of: sealed.span) else {
                throw CipherAnswer.unreadable
            }
            // The one connection of this kind leads to the Cipher that has sealed.
            try await keys.check([version]) { () throws(VaultFault) in
                try await connections.get(CipherKeys.target)
            }
        }
        return chunk
    }

    /// Returns all keys that Cipher holds now. A success ends the pauses of all lanes; a failure
    /// begins none, because probes find out that Cipher is back.
    func keys() async throws(VaultFault) -> [VaultKey] {
        let answer = try CipherAnswer.keysResponse(try await probes.get(CipherKeys.target))
        latest.value.keys = answer
        keyExhausted.store(answer.isCurrentKeyExhausted, ordering: .relaxed)
        for lane in lanes { await lane.probed() }
        return CipherAnswer.keys(answer)
    }

    func note(contents: [Int: Int64]) async throws(VaultFault) {
        let response = try await probes.post(
            KeyNeeds.target, KeyNeeds(contents).encoded, for: "")
        guard response.status == .ok else { throw CipherAnswer.unreadable }
    }

    /// The last answer of `keys`; nil before the first.
    var latestKeys: KeysResponse? { latest.value.keys }
    /// Whether the current key may seal no more, by the last answer of `keys`. It still opens.
    var isKeyExhausted: Bool { keyExhausted.load(ordering: .relaxed) }
}

extension CipherItem {
    init(_ sealed: SealedText) {
        self.init(
            text: sealed.content, keyContext: sealed.context, newKeyContext: sealed.nextContext)
    }
}
