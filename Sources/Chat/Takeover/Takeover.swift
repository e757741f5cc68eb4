package import EventLoop
package import Logging
internal import Encoding
internal import RateLimit
internal import Storage

/// Converts the earlier system's store into this system's. Users keep their names and passwords.
/// Every text is sealed anew with its context. The original file stays unchanged beside the new
/// one.
package struct Takeover: Sendable {
    private static let retryDelay = Duration.seconds(1)

    private let folder: String
    private let vault: any Vault
    private let loop: EventLoop
    private let logger: Logger
    private let limitedLog: RateLimitedLog
    private let notes: TakeoverNotes
    private let acceptsPlaintext: Bool
    /// Returns the latest time that a message may have, in milliseconds since 1970. A later message
    /// is dated in the future. It returns nil before the clock is set.
    private let latest: @Sendable () -> Int64?

    /// - Parameter acceptsPlaintext: Whether contents in the form of ciphertext may be plaintext.
    package init(
        folder: String, vault: any Vault, acceptsPlaintext: Bool, loop: EventLoop,
        logger: Logger, latest: @escaping @Sendable () -> Int64?
    ) {
        self.folder = folder
        self.vault = vault
        self.acceptsPlaintext = acceptsPlaintext
        self.loop = loop
        self.logger = logger
        self.latest = latest
        limitedLog = RateLimitedLog(logger)
        notes = TakeoverNotes(logger)
    }

    /// Takes over the store. It waits for the vault without a limit, and locks the folder
    /// meanwhile. It can run again after a crash at any point.
    package func run() async throws {
        defer {
            notes.finish()
            limitedLog.flush(all: true)
        }
        let lock = try StoreFolder(folder).lock()
        let threads = WorkerPool(threads: 1, waitingMax: 8)
        defer { threads.stop() }
        let folder = folder
        let data = try await threads.run {
            Result { try EarlierData(try StoreFolder(folder).earlierStore()) }
        }.get()
        if data.hasByteOrderMark { logger.notice("a byte-order mark before db.json is ignored") }
        let users = try EarlierUsers(data.users, notes)
        let keys = try await retryingUntilAvailable {
            let keys = try await vault.keys()
            guard Set(keys.map(\.version)).count == keys.count else {
                throw VaultFault.notAsAsked
            }
            return keys
        }
        let legacy = keys.first { $0.isLegacy && !$0.isRetired }
        if data.messageCount > 0, legacy == nil { throw TakeoverFault.noLegacyKey }
        let reading = EarlierReading(data, users, folder: folder, threads)
        if let legacy, !acceptsPlaintext { try await requireRightKey(legacy, reading) }
        let latest = latest()
        let construction = try await StoreConstruction.begin(
            in: StoreFolder(folder), users: users.users,
            keys: keys.reduce(into: [:]) { $0[$1.version] = $1.fingerprint }, latest: latest,
            holding: lock)
        do {
            let count = try await fill(construction, reading, latest)
            try await construction.finish()
            logger.notice(
                "took over the earlier system's store",
                metadata: ["users": "\(users.users.count)", "messages": "\(count)"])
        } catch {
            await construction.abandon()
            throw error
        }
    }

    /// Throws if contents have the form of ciphertext and none opens. The vault then has another
    /// key. It would seal all contents as they are, and no user could ever read them.
    private func requireRightKey(_ key: VaultKey, _ reading: EarlierReading) async throws {
        var batches = reading.batches(notes: nil)
        var tried = 0
        while let batch = try await batches.next() {
            let shaped = batch.filter { SealedForm.isCiphertext($0.content) }
            tried += shaped.count
            if try await opened(shaped).contains(where: { $0 != .notAuthentic }) { return }
        }
        if tried > 0 { throw TakeoverFault.wrongKey(tried, version: key.version) }
    }

    /// Seals all messages anew and adds them. Returns their number.
    private func fill(
        _ construction: StoreConstruction, _ reading: EarlierReading, _ latest: Int64?
    ) async throws -> Int {
        var batches = reading.batches(notes: notes)
        var count = 0
        while var batch = try await batches.next() {
            for (index, opened) in try await opened(batch).enumerated() {
                setPlaintext(of: &batch[index], opened)
            }
            let contents = try await each(of: batch) { message throws(VaultFault) in
                try await vault.seal(message.content, context: message.nextContext)
            }
            for (index, content) in contents.enumerated() { batch[index].reseal(content) }
            for message in batch where message.timestamp > latest ?? .max {
                notes.add(.futureMessage, "\(message.id)")
            }
            try await construction.add(batch)
            count += batch.count
        }
        return count
    }

    private func opened(_ messages: [StoredMessage]) async throws -> [OpenedText] {
        try await each(of: messages) { message throws(VaultFault) in
            let unbound = SealedText(content: JSONText(message.content), context: "")
            let opened = try await vault.open([unbound])
            guard let text = opened.first else { throw .notAsAsked }
            // The ciphertext of a retired key is no plaintext. It opens again once the key is
            // restored.
            if text == .keyRetired { throw .keyRetired }
            return text
        }
    }

    /// Sets the content to the plaintext. A content that does not open is plaintext already,
    /// because the earlier system stored messages unsealed while its vault was away.
    private func setPlaintext(of message: inout StoredMessage, _ opened: OpenedText) {
        switch opened {
        case .text(let text): message.content = text.text
        case .notAuthentic, .keyRetired: notes.add(.unsealedMessage, "\(message.id)")
        }
    }

    /// Asks about all messages at once, with one request for each, so that a refusal names its
    /// message.
    private func each<Answer: Sendable>(
        of messages: [StoredMessage],
        _ ask: @escaping @Sendable (StoredMessage) async throws(VaultFault) -> Answer
    ) async throws -> [Answer] {
        try await retryingUntilAvailable {
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

    /// Repeats `ask` until the vault is available. Throws at once if the vault holds other keys.
    private func retryingUntilAvailable<Result>(
        _ ask: () async throws -> Result
    ) async throws -> Result {
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
                try await loop.sleep(for: Self.retryDelay)
            }
        }
    }
}
