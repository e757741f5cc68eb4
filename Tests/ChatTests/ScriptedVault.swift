import Chat
import Encoding
import EventLoop
import Storage
import Synchronization

/// A vault that does what it is told. Its contents are readable, which no real vault's are:
/// `v<version of the current key>:<context>|<text>`.
final class ScriptedVault: Vault {
    struct Script {
        var keys: [VaultKey] = [.first]
        /// The fault that every call throws.
        var fault: VaultFault?
        /// Whether calls wait until this is false again.
        var hangs = false
        /// Whether it has the key that opens.
        var opens = true
        /// Whether the key that sealed everything is retired.
        var isRetired = false
        /// Whether it leaves out the last of the texts it was asked for.
        var isForgetful = false
        var lookCount = 0
        /// Calls that open texts and have not been answered yet.
        var openingCount = 0
        /// The sealed and opened texts, in order.
        var texts: [ByteText] = []
        /// The counts of contents that it was told.
        var noted: [[Int: Int64]] = []
        /// Is done before each rewrap.
        var beforeRewrap: (@Sendable () async -> Void)?

        var version: Int { keys.first(where: \.isCurrent)?.version ?? 1 }
    }

    private let script = Mutex(Script())
    private let loop: EventLoop

    init(loop: EventLoop) {
        self.loop = loop
    }

    var openingCount: Int { script.withLock { $0.openingCount } }
    var lookCount: Int { script.withLock { $0.lookCount } }
    var texts: [ByteText] { script.withLock { $0.texts } }
    var noted: [[Int: Int64]] { script.withLock { $0.noted } }

    func change(_ body: (inout Script) -> Void) {
        script.withLock { body(&$0) }
    }

    func seal(_ text: ByteText, context: ByteText) async throws(VaultFault) -> ByteText {
        script.withLock { $0.texts.append(text) }
        try await obey()
        return "v\(script.withLock { $0.version }):\(context)|\(text)"
    }

    func open(_ sealed: [SealedText]) async throws(VaultFault) -> [OpenedText] {
        script.withLock { $0.openingCount += 1 }
        defer { script.withLock { $0.openingCount -= 1 } }
        try await obey()
        let (opens, isRetired) = script.withLock { ($0.opens, $0.isRetired) }
        return sealed.map { item in
            if isRetired { return .keyRetired }
            guard opens, let text = Self.text(of: item) else { return .notAuthentic }
            script.withLock { $0.texts.append(text) }
            return .text(JSONText(text))
        }
    }

    func open(_ messages: RecordedMessages) async throws(VaultFault) -> [OpenedText] {
        let texts = try await open(messages.messages.map(\.sealed))
        return script.withLock { $0.isForgetful } ? texts.dropLast() : texts
    }

    func rewrap(_ sealed: [SealedText]) async throws(VaultFault) -> [OpenedText] {
        if let before = script.withLock({ $0.beforeRewrap }) { await before() }
        try await obey()
        let version = script.withLock { $0.version }
        return sealed.map { item in
            guard let text = Self.text(of: item) else { return .notAuthentic }
            let context = item.nextContext ?? item.context
            return .text(JSONText("v\(version):\(context.text)|\(text)"))
        }
    }

    func note(contents: [Int: Int64]) async throws(VaultFault) {
        try await obey()
        script.withLock { $0.noted.append(contents) }
    }

    /// Returns the text that any version sealed with this context.
    private static func text(of item: SealedText) -> ByteText? {
        let content = item.content.text
        guard let version = KeyVersionPrefix(of: content.utf8.span)?.version else { return nil }
        let prefix: ByteText = "v\(version):\(item.context.text)|"
        guard content.utf8.starts(with: prefix.utf8) else { return nil }
        return content.droppingFirst(prefix.utf8Count)
    }

    func keys() async throws(VaultFault) -> [VaultKey] {
        // As they are when it is asked: what it tells may be old by the time that it is heard.
        let keys = script.withLock { script in
            script.lookCount += 1
            return script.keys
        }
        try await obey()
        return keys
    }

    private func obey() async throws(VaultFault) {
        while script.withLock({ $0.hangs }) {
            do { try await loop.sleep(for: .milliseconds(1)) } catch {
                throw .unavailable("cancelled")
            }
        }
        if let fault = script.withLock({ $0.fault }) { throw fault }
    }
}

extension VaultKey {
    static let first = VaultKey(version: 1, fingerprint: "aa")
}
