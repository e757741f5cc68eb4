package import EventLoop
package import Logging
internal import Encoding
internal import RateLimit
internal import Storage

/// Makes this system's store of the earlier one's: users keep their names and passwords, every
/// text is sealed anew with its place, and the original stays beside it untouched.
package struct Takeover: Sendable {
    private static let patience = Duration.seconds(1)

    private let folder: String
    private let vault: any Vault
    private let loop: EventLoop
    private let logger: Logger
    private let limitedLog: RateLimitedLog
    private let notes: TakeoverNotes
    private let acceptsPlaintext: Bool
    /// Returns the latest time that a message may have, in milliseconds since 1970. A later message
    /// is dated in the future. Nil before the clock is set.
    private let latest: @Sendable () -> Int64?

    /// - Parameter acceptsPlaintext: Whether contents that have the form of ciphertext may be texts
    ///   all the same.
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

    /// Waits for the vault as long as it takes, and keeps other processes out meanwhile. May be run
    /// again after a crash at any point.
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
        let keys = try await patiently {
            let keys = try await vault.keys()
            guard Set(keys.map(\.version)).count == keys.count else { throw VaultFault.notAsAsked }
            return keys
        }
        let legacy = keys.first(where: \.isLegacy)
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

    /// Refuses where contents have the form of ciphertext and none opens: another key would have
    /// all of them sealed as they stand, which nobody could ever read.
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

    /// Seals all messages anew and adds them. Returns how many there are.
    private func fill(
        _ construction: StoreConstruction, _ reading: EarlierReading, _ latest: Int64?
    ) async throws -> Int {
        var batches = reading.batches(notes: notes)
        var count = 0
        while var batch = try await batches.next() {
            for (index, opened) in try await opened(batch).enumerated() {
                reveal(&batch[index], opened)
            }
            let contents = try await each(of: batch) { message throws(VaultFault) in
                try await vault.seal(message.content, context: message.context)
            }
            for (index, content) in contents.enumerated() { batch[index].content = content }
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
            // A retired key's ciphertext opens again once the key is restored: it is no plain text.
            if text == .keyRetired { throw .keyRetired }
            return text
        }
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
