package import EventLoop
package import Logging
internal import Storage

/// Makes this system's store of the earlier one's: users keep their names and passwords, every
/// text is sealed anew with its place, and the original stays beside it untouched.
package struct Takeover: Sendable {
    /// How many texts, and how many bytes of them unless it is one, are opened or on their way to
    /// be sealed at a time.
    private static let batchMax = 100
    private static let batchBytesMax = 4 << 20
    /// The nonce and the tag around a text.
    private static let sealBytes = 28
    private static let patience = Duration.seconds(1)

    private let folder: String
    private let vault: any Vault
    private let textBytesMax: Int
    private let loop: EventLoop
    private let logger: Logger

    /// - Parameter textBytesMax: The longest text that the vault seals.
    package init(
        folder: String, vault: any Vault, textBytesMax: Int, loop: EventLoop, logger: Logger
    ) {
        self.folder = folder
        self.vault = vault
        self.textBytesMax = textBytesMax
        self.loop = loop
        self.logger = logger
    }

    /// Waits for the vault as long as it takes, and keeps other processes out meanwhile. May be run
    /// again after a crash at any point.
    package func run() async throws {
        let lock = try JSONStore.lock(folder: folder)
        let data = try EarlierData(try await JSONStore.earlierStore(folder: folder))
        let users = try EarlierUsers(data.users, logger)
        let keys = try await patiently { try await vault.keys() }
        if !data.messages.isEmpty, !keys.contains(where: \.isLegacy) {
            throw TakeoverFault.noLegacyKey
        }
        let messages = try await sealed(placed(data.messages, among: users))
        let fingerprints = Dictionary(
            uniqueKeysWithValues: keys.map { ($0.version, $0.fingerprint) })
        try await JSONStore.create(
            folder: folder, users: users.users, messages: messages, keys: fingerprints,
            holding: lock)
        logger.notice(
            "took over the earlier system's store",
            metadata: ["users": "\(users.users.count)", "messages": "\(messages.count)"])
    }

    /// The messages in this system's shape, still holding what they held.
    private func placed(
        _ earlier: [EarlierData.Message], among users: EarlierUsers
    ) -> [StoredMessage] {
        var times = EarlierTimes()
        var ids: Set<String> = []
        return earlier.compactMap { message in
            let (sender, receiver) = (UserID(message.senderId), UserID(message.receiverId))
            guard users.contains(sender), users.contains(receiver) else {
                logger.warning(
                    "a message of the earlier system is from or to nobody and was dropped",
                    metadata: ["message": "\(message.id)"])
                return nil
            }
            let isNew = !message.id.isEmpty && ids.insert(message.id).inserted
            return StoredMessage(
                id: MessageID(isNew ? message.id : RandomID.uuid()), senderId: sender,
                receiverId: receiver, content: message.content,
                timestamp: times.next(in: Conversation(sender, receiver), message.timestamp))
        }
    }

    private func sealed(_ messages: [StoredMessage]) async throws -> [StoredMessage] {
        var sealed: [StoredMessage] = []
        sealed.reserveCapacity(messages.count)
        // What could be neither text nor ciphertext that the vault takes is not shown to it at all.
        let contentBytesMax = (textBytesMax + Self.sealBytes + 2) / 3 * 4
        for message in messages where message.content.utf8.count > contentBytesMax {
            throw TakeoverFault.textTooLong(message.id, bytesMax: textBytesMax)
        }
        while sealed.count < messages.count {
            let batch = Self.batch(of: messages[sealed.count...])
            let opened = try await patiently {
                try await vault.open(batch.map { SealedText(content: $0.content, context: "") })
            }
            let texts = try zip(batch, opened).map(plaintext)
            let contents = try await patiently { try await seal(texts, for: batch) }
            for (message, content) in zip(batch, contents) {
                var message = message
                message.content = content
                sealed.append(message)
            }
        }
        return sealed
    }

    private static func batch(of messages: ArraySlice<StoredMessage>) -> [StoredMessage] {
        var byteCount = 0
        let fitting = messages.prefix(batchMax).prefix { message in
            byteCount += message.content.utf8.count
            return byteCount <= batchBytesMax
        }
        return Array(fitting.isEmpty ? messages.prefix(1) : fitting)
    }

    /// What opens was ciphertext; what does not is what the earlier system stored as it was typed
    /// when its vault was away.
    private func plaintext(
        _ message: StoredMessage, _ opened: OpenedText
    ) throws(TakeoverFault) -> String {
        let text =
            switch opened {
            case .text(let text): text
            case .notAuthentic: message.content
            }
        guard text.utf8.count <= textBytesMax else {
            throw .textTooLong(message.id, bytesMax: textBytesMax)
        }
        if opened == .notAuthentic {
            logger.notice(
                "a message had been stored unsealed and is sealed as it stands",
                metadata: ["message": "\(message.id)"])
        }
        return text
    }

    private func seal(_ texts: [String], for messages: [StoredMessage]) async throws -> [String] {
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for (index, text) in texts.enumerated() {
                let context = messages[index].context
                group.addTask(executorPreference: loop) {
                    (index, try await vault.seal(text, context: context))
                }
            }
            var contents = texts
            for try await (index, content) in group { contents[index] = content }
            return contents
        }
    }

    private func patiently<Result>(_ ask: () async throws -> Result) async throws -> Result {
        var isFirst = true
        while true {
            do {
                return try await ask()
            } catch let fault as VaultFault {
                if case .otherKeys = fault { throw fault }
                if isFirst {
                    logger.warning("waiting for the vault", metadata: ["why": "\(fault)"])
                }
                isFirst = false
                try await loop.sleep(for: Self.patience)
            }
        }
    }
}
