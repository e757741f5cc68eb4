package import EventLoop
package import Logging
internal import Encoding
internal import RateLimit
internal import Storage

/// Makes this system's store of the earlier one's: users keep their names and passwords, every
/// text is sealed anew with its place, and the original stays beside it untouched.
package struct Takeover: Sendable {
    /// How many texts, and how many bytes of them unless it is one, are opened or on their way to
    /// be sealed at a time: few enough to be let wait, be every byte an escape of six.
    private static let batchMax = 100
    private static let batchBytesMax = 1 << 20
    private static let patience = Duration.seconds(1)

    private let folder: String
    private let vault: any Vault
    private let loop: EventLoop
    private let logger: Logger
    private let limitedLog: RateLimitedLog
    private let notes: TakeoverNotes

    package init(folder: String, vault: any Vault, loop: EventLoop, logger: Logger) {
        self.folder = folder
        self.vault = vault
        self.loop = loop
        self.logger = logger
        limitedLog = RateLimitedLog(logger)
        notes = TakeoverNotes(logger)
    }

    /// Waits for the vault as long as it takes, and keeps other processes out meanwhile. May be run
    /// again after a crash at any point.
    package func run() async throws {
        defer {
            notes.finish()
            limitedLog.flush(all: true)
        }
        let lock = try JSONStore.lock(folder: folder)
        let data = try EarlierData(try await JSONStore.earlierStore(folder: folder))
        let users = try EarlierUsers(data.users, notes)
        let keys = try await patiently {
            let keys = try await vault.keys()
            guard Set(keys.map(\.version)).count == keys.count else { throw VaultFault.notAsAsked }
            return keys
        }
        if !data.messages.isEmpty, !keys.contains(where: \.isLegacy) {
            throw TakeoverFault.noLegacyKey
        }
        let messages = try await sealed(try placed(data.messages, among: users))
        let fingerprints = keys.reduce(into: [:]) { $0[$1.version] = $1.fingerprint }
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
    ) throws(TakeoverFault) -> [StoredMessage] {
        var times = EarlierTimes()
        var ids: Set<ByteText> = []
        var placed: [StoredMessage] = []
        placed.reserveCapacity(earlier.count)
        for (index, message) in earlier.enumerated() {
            let (sender, receiver) = (UserID(message.senderId), UserID(message.receiverId))
            guard users.contains(sender), users.contains(receiver) else {
                notes.add(.droppedMessage, "\(message.id)")
                continue
            }
            let conversation = Conversation(sender, receiver)
            guard let timestamp = times.next(in: conversation, message.timestamp) else {
                throw .unreadable("messages[\(index)] comes after the last timestamp there is")
            }
            let isNew = !message.id.isEmpty && ids.insert(message.id).inserted
            placed.append(
                StoredMessage(
                    id: MessageID(isNew ? message.id : RandomID.uuid()), senderId: sender,
                    receiverId: receiver, content: message.content, timestamp: timestamp))
        }
        return placed
    }

    private func sealed(_ messages: [StoredMessage]) async throws -> [StoredMessage] {
        var sealed: [StoredMessage] = []
        sealed.reserveCapacity(messages.count)
        while sealed.count < messages.count {
            var batch = Self.batch(of: messages[sealed.count...])
            let opened = try await each(of: batch) { message throws(VaultFault) in
                let unbound = SealedText(content: JSONText(message.content), context: "")
                let opened = try await vault.open([unbound])
                guard let text = opened.first else { throw .notAsAsked }
                // What nobody can look into now is not taken for plain text.
                if text == .keyRetired { throw .keyRetired }
                return text
            }
            for (index, opened) in opened.enumerated() { reveal(&batch[index], opened) }
            let contents = try await each(of: batch) { message throws(VaultFault) in
                try await vault.seal(message.content, context: message.context)
            }
            for (index, content) in contents.enumerated() { batch[index].content = content }
            sealed += batch
        }
        return sealed
    }

    private static func batch(of messages: ArraySlice<StoredMessage>) -> [StoredMessage] {
        var byteCount = 0
        let fitting = messages.prefix(batchMax).prefix { message in
            byteCount += message.content.utf8Count
            return byteCount <= batchBytesMax
        }
        return Array(fitting.isEmpty ? messages.prefix(1) : fitting)
    }

    /// What opens was ciphertext; what does not is what the earlier system stored as it was typed
    /// when its vault was away.
    private func reveal(_ message: inout StoredMessage, _ opened: OpenedText) {
        switch opened {
        case .text(let text): message.content = text.text
        case .notAuthentic, .keyRetired: notes.add(.unsealedMessage, "\(message.id)")
        }
    }

    /// Asks about all at once, but about each on its own: so it is known which one is refused.
    private func each<Answer: Sendable>(
        of messages: [StoredMessage],
        _ ask: @escaping @Sendable (StoredMessage) async throws(VaultFault) -> Answer
    ) async throws -> [Answer] {
        try await patiently {
            try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
                for (index, message) in messages.enumerated() {
                    group.addTask(executorPreference: loop) {
                        do throws(VaultFault) {
                            return (index, try await ask(message))
                        } catch {
                            guard case .refused(let why) = error else { throw error }
                            throw TakeoverFault.refused(message.id, why)
                        }
                    }
                }
                let answers = try await group.reduce(into: []) { $0.append($1) }
                return answers.sorted { $0.0 < $1.0 }.map(\.1)
            }
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
                    limitedLog.log(
                        .warning, "waiting for the vault", metadata: ["why": "\(fault)"])
                }
                isFirst = false
                try await loop.sleep(for: Self.patience)
            }
        }
    }
}
