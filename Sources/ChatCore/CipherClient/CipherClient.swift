import Chat
import CipherAPI
import Encoding
import EventLoop
import HTTP
import Program
import Storage
import Synchronization

/// Cipher over HTTP. Each operation has a lane of its own, so that readers hold up no sender, and
/// neither is held up by what goes on in the background.
final class CipherClient: Vault {
    private let keys: CipherKeys
    /// For the keys alone, and without an introduction: it must work when the keys are wrong.
    private let looking: CipherConnections
    private let seals: CipherLane
    private let opens: CipherLane
    private let rewraps: CipherLane
    private let loop: EventLoop
    private let keyExhausted = Atomic(false)

    static let notRunning = VaultFault.unavailable("the client of Cipher does not run")

    /// - Parameters:
    ///   - address: Where Cipher is.
    ///   - secret: What it wants to hear from callers; nil where it asks for nothing.
    ///   - loop: The only thread it is used on.
    ///   - resolver: Where the host's name is looked up.
    ///   - limits: Of connections, batches, and what waits.
    init(
        _ address: CipherAddress, secret: SharedSecret?, loop: EventLoop, resolver: WorkerPool?,
        limits: CipherClientLimits = CipherClientLimits()
    ) {
        let site = CipherSite(
            address: address, secret: secret, loop: loop, resolver: resolver, limits: limits)
        self.loop = loop
        keys = CipherKeys(loop: loop)
        looking = CipherConnections(
            site, countMax: 1, bodyBytesMax: limits.keysBytesMax, keys: nil)
        seals = CipherLane(.encrypt, limits.seals, site, keys: keys)
        opens = CipherLane(.decrypt, limits.opens, site, keys: keys)
        rewraps = CipherLane(.rewrap, limits.rewraps, site, keys: keys)
    }

    /// Sends what is asked, until it is cancelled: then whoever waits is told. Before and after,
    /// only `keys` works. Runs once.
    ///
    /// - Parameter approve: Throws where nothing may go to a vault that holds these keys. Asked
    ///   for every connection, and when a content comes back under a version never seen.
    func run(approve: @escaping CipherKeys.Approve) async {
        await keys.approve(with: approve)
        await withDiscardingTaskGroup { group in
            for lane in lanes {
                group.addTask(executorPreference: self.loop) { await lane.run() }
            }
        }
        await keys.approve(with: nil)
    }

    private var lanes: [CipherLane] { [seals, opens, rewraps] }

    var isRunning: Bool {
        get async {
            for lane in lanes where await !lane.isRunning { return false }
            return true
        }
    }

    var waitingItemCount: Int {
        get async {
            var count = 0
            for lane in lanes { count += await lane.waitingItemCount }
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

    /// All keys as they are now. A failure to look counts as none of an operation's: looking is
    /// how it is found out that Cipher is back.
    func keys() async throws(VaultFault) -> [VaultKey] {
        let answer = try CipherAnswer.keysResponse(try await looking.get(CipherKeys.target))
        keyExhausted.store(answer.isCurrentKeyExhausted, ordering: .relaxed)
        for lane in lanes { await lane.reached() }
        return CipherAnswer.keys(answer)
    }

    /// Whether the current key may seal no more, by the last answer of `keys`. It still opens.
    var isKeyExhausted: Bool { keyExhausted.load(ordering: .relaxed) }
}

extension CipherItem {
    init(_ sealed: SealedText) {
        self.init(text: sealed.content, keyContext: sealed.context)
    }
}
