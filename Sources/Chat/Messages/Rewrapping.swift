internal import Encoding
package import EventLoop
internal import Logging
package import RateLimit
package import Storage

/// Moves stored messages under the vault's current key, beside the service, so that older keys can
/// be retired. A message under the current key is passed over: so whoever starts again, also after
/// a restart, goes on where it ended.
package actor Rewrapping {
    package struct Progress: Sendable, Equatable {
        package var isRunning = false
        /// The key version that messages are moved under; 0 before the vault has told it.
        package var version = 0
        package var seen = 0
        package var rewrapped = 0
        /// These stay as they are; the first are logged by their ids.
        package var notAuthentic = 0
        /// So do these, whose key versions are retired.
        package var retired = 0
        /// Why it waits or has ended before its time.
        package var problem: String?
    }

    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private static let batchMax = 100
    /// Between batches, in which others have the vault and the disk to themselves.
    private static let pause = Duration.milliseconds(5)
    private static let pauseAfterFault = Duration.seconds(1)
    /// Of those that name what is not authentic, a minute.
    private static let linesMax = 100

    package private(set) var progress = Progress()

    private let store: any ChatStore
    private let vault: any Vault
    private let keys: KeyGuard
    private let log: RateLimitedLog
    private let bell: Bell

    package init(
        store: any ChatStore, vault: any Vault, keys: KeyGuard, loop: EventLoop, log: RateLimitedLog
    ) {
        self.store = store
        self.vault = vault
        self.keys = keys
        self.loop = loop
        self.log = log
        bell = Bell(loop: loop)
    }

    /// Has `run` begin, unless it is at it.
    package func start() async -> Progress {
        if !progress.isRunning {
            progress = Progress(isRunning: true)
            await bell.ring()
        }
        return progress
    }

    /// Waits for `start`, does the work, and waits again, until it is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await bell.wait(atMost: .seconds(3600))
            guard progress.isRunning else { continue }
            do {
                try await walk()
                log.log(
                    .notice, "rewrapped the store", linesMax: 10,
                    metadata: [
                        "version": "\(progress.version)", "messages": "\(progress.seen)",
                        "rewrapped": "\(progress.rewrapped)",
                        "notAuthentic": "\(progress.notAuthentic)",
                        "retired": "\(progress.retired)",
                    ])
            } catch is CancellationError {
                // The server stops; whoever asks again goes on from here.
                return
            } catch {
                progress.problem = "\(error)"
                log.log(
                    .error, "the store is not rewrapped to its end",
                    metadata: ["fault": "\(error)"])
            }
            progress.isRunning = false
        }
    }

    private func walk() async throws {
        var cursor: ScanCursor?
        repeat {
            let (messages, next) = try await store.scan(after: cursor, limit: Self.batchMax)
            try await rewrap(messages)
            progress.seen += messages.count
            cursor = next
            try await loop.sleep(for: Self.pause)
        } while cursor != nil
    }

    /// Tries until the vault answers: it may be restarted while this goes on for long.
    private func rewrap(_ messages: [StoredMessage]) async throws {
        while true {
            do {
                let old = try await underOtherKeys(messages)
                let contents = try await vault.rewrap(old.map(\.sealed))
                progress.problem = nil
                return try await replace(old, by: contents)
            } catch let fault as VaultFault {
                progress.problem = "\(fault)"
            }
            try await loop.sleep(for: Self.pauseAfterFault)
        }
    }

    private func underOtherKeys(
        _ messages: [StoredMessage]
    ) async throws(VaultFault) -> [StoredMessage] {
        try await keys.check()
        guard let current = try await vault.keys().first(where: \.isCurrent) else {
            throw .unavailable("the vault names no current key")
        }
        progress.version = current.version
        return messages.filter { $0.keyVersion != current.version }
    }

    /// At once, so that all share an fsync.
    private func replace(_ old: [StoredMessage], by contents: [OpenedText]) async throws {
        var unopened = UnopenedMessages()
        for (message, content) in zip(old, contents) { unopened.add(message, content) }
        progress.notAuthentic += unopened.notAuthentic.count
        progress.retired += unopened.ofRetiredKeys.count
        unopened.note(in: log, source: "rewrap", linesMax: Self.linesMax)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for (message, content) in zip(old, contents) {
                guard let content = content.found?.text else { continue }
                group.addTask(executorPreference: loop) { [store] in
                    try await Self.replace(message, by: content, in: store)
                }
            }
            for try await isReplaced in group where isReplaced { progress.rewrapped += 1 }
        }
    }

    /// False where the message has gone, or is another one, since it was read.
    private static func replace(
        _ message: StoredMessage, by content: ByteText, in store: any ChatStore
    ) async throws -> Bool {
        try await store.commit(reading: [.message(message.id)]) { facts in
            guard facts.message(message.id)?.content == message.content else { return (nil, false) }
            return (.messageReplaced(message.id, from: message.content, to: content), true)
        }
    }
}
