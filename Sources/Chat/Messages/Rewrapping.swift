internal import Encoding
package import EventLoop
internal import Logging
package import RateLimit
package import Storage

/// Seals stored messages under the vault's current key while the service runs, so that older keys
/// can be retired.
///
/// It skips messages under the current key whose context has the form of now. Another start, also
/// after a restart, therefore continues after the last rewrapped message.
package actor Rewrapping {
    package struct Progress: Sendable, Equatable {
        package var isRunning = false
        /// The version of the current key, or 0 before the vault has answered.
        package var version = 0
        package var seen = 0
        package var rewrapped = 0
        /// The messages that are not authentic. They stay unchanged, and the first are logged by
        /// their ids.
        package var notAuthentic = 0
        /// The messages of retired key versions. They stay unchanged too.
        package var retired = 0
        /// The reason why it waits or has ended early.
        package var problem: String?
    }

    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private static let batchMax = 100
    /// The pause between batches, which leaves the vault and the disk to other work.
    private static let pause = Duration.milliseconds(5)
    private static let pauseAfterFault = Duration.seconds(1)
    /// The lines in a minute that name messages which did not open.
    private static let linesMax = 100
    /// The pause before each pass. A send whose content was sealed before the current key is
    /// committed meanwhile.
    private static let pauseBeforePass = Duration.milliseconds(250)
    private static let passesMax = 20

    /// One scan of the whole store.
    private struct Pass {
        var isFirst = true
        /// The number of contents that each key version sealed, as the pass found them.
        var contents: [Int: Int64] = [:]
        /// The messages that were not under the current key, and opened.
        var movedCount = 0
        /// The versions that were current during the pass.
        var currentVersions: Set<Int> = []
        /// The version of bare contents, or nil where the vault names none.
        var legacyVersion: Int?
    }

    package private(set) var progress = Progress()

    private var pass = Pass()
    private let store: any ChatStore
    private let vault: any Vault
    private let keys: KeyGuard
    private let log: RateLimitedLog
    private let photos: Photos?
    private let timer: WakeableTimer

    package init(
        store: any ChatStore, vault: any Vault, keys: KeyGuard, loop: EventLoop,
        log: RateLimitedLog, photos: Photos? = nil
    ) {
        self.photos = photos
        self.store = store
        self.vault = vault
        self.keys = keys
        self.loop = loop
        self.log = log
        timer = WakeableTimer(loop: loop)
    }

    /// Starts a run, unless one is under way.
    package func start() async -> Progress {
        if !progress.isRunning {
            progress = Progress(isRunning: true)
            await timer.wake()
        }
        return progress
    }

    /// Waits for `start`, rewraps all messages, and waits again, until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await timer.wait(atMost: .seconds(3600))
            guard progress.isRunning else { continue }
            do {
                try await rewrapAll()
                log.log(
                    .notice, "rewrapped the store", linesMax: 10,
                    metadata: [
                        "version": "\(progress.version)", "messages": "\(progress.seen)",
                        "rewrapped": "\(progress.rewrapped)",
                        "notAuthentic": "\(progress.notAuthentic)",
                        "retired": "\(progress.retired)",
                    ])
            } catch is CancellationError {
                // The server stops. The next start continues from here.
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

    /// Rewraps all messages, and tells the vault which keys they need afterwards.
    ///
    /// A send may be committed behind the scan with a content of an older key. The passes therefore
    /// end with one that finds nothing to move, and its counts are told.
    private func rewrapAll() async throws {
        for number in 0..<Self.passesMax {
            pass = Pass(isFirst: number == 0)
            try await loop.sleep(for: Self.pauseBeforePass)
            // Returns once the commits before it are on the disk, so that the scan finds them.
            try await store.commit(reading: []) { _ in (nil, ()) }
            try await scan()
            if pass.movedCount == 0, pass.currentVersions.count == 1 {
                return try await vault.note(contents: pass.contents)
            }
        }
        throw VaultFault.failed("messages go on coming under older keys")
    }

    private func scan() async throws {
        (progress.seen, progress.notAuthentic, progress.retired) = (0, 0, 0)
        var cursor: ScanCursor?
        repeat {
            let (messages, next) = try await store.scan(after: cursor, limit: Self.batchMax)
            try await rewrap(messages)
            progress.seen += messages.count
            cursor = next
            try await loop.sleep(for: Self.pause)
        } while cursor != nil
        var photo: PhotoID?
        while let page = try await photos?.stored(after: photo), let last = page.last {
            for photo in page {
                try await rewrap(photo)
                try await loop.sleep(for: Self.pause)
            }
            photo = last
        }
        // Looks at the current key once more.
        try await rewrap([])
    }

    /// Rewraps messages. It retries until the vault answers, because the vault may restart during a
    /// long run.
    private func rewrap(_ messages: [StoredMessage]) async throws {
        while true {
            do {
                let old = try await underOtherKeys(messages)
                let contents = old.isEmpty ? [] : try await vault.rewrap(old.map(\.sealedAnew))
                progress.problem = nil
                count(messages, old, contents)
                return try await replace(old, by: contents)
            } catch let fault as VaultFault {
                progress.problem = "\(fault)"
            }
            try await loop.sleep(for: Self.pauseAfterFault)
        }
    }

    /// Moves a photo, and counts its chunks by the key that they need afterwards.
    private func rewrap(_ photo: PhotoID) async throws {
        while true {
            do {
                _ = try await underOtherKeys([])
                guard
                    let done = try await photos?.rewrap(photo, to: progress.version, vault)
                else { return }
                progress.problem = nil
                pass.contents.merge(done.contents) { $0 + $1 }
                if done.isMoved { pass.movedCount += 1 }
                return
            } catch let fault as VaultFault {
                progress.problem = "\(fault)"
            } catch ChatFault.busy {
                progress.problem = "a photo is being replaced"
            }
            try await loop.sleep(for: Self.pauseAfterFault)
        }
    }

    /// Counts the contents by the key that they need after the rewrap. A bare content that has not
    /// moved needs the legacy key.
    private func count(
        _ messages: [StoredMessage], _ old: [StoredMessage], _ contents: [OpenedText]
    ) {
        var moved: Set<MessageID> = []
        for (message, content) in zip(old, contents) where content.isFound {
            moved.insert(message.id)
        }
        for message in messages where !message.isDeleted {
            let version =
                moved.contains(message.id)
                ? progress.version : message.keyVersion ?? pass.legacyVersion
            if let version { pass.contents[version, default: 0] += 1 }
        }
        pass.movedCount += moved.count
    }

    private func underOtherKeys(
        _ messages: [StoredMessage]
    ) async throws(VaultFault) -> [StoredMessage] {
        try await keys.check()
        let keys = try await vault.keys()
        guard let current = keys.first(where: \.isCurrent) else {
            throw .unavailable("the vault names no current key")
        }
        progress.version = current.version
        pass.currentVersions.insert(current.version)
        pass.legacyVersion = keys.first(where: \.isLegacy)?.version
        return messages.filter { message in
            let isCurrent = message.keyVersion == current.version && message.contextForm == .lengths
            return !message.isDeleted && !isCurrent
        }
    }

    /// Replaces the messages at the same time, so that the changes share an fsync.
    private func replace(_ old: [StoredMessage], by contents: [OpenedText]) async throws {
        var unopened = UnopenedMessages()
        for (message, content) in zip(old, contents) { unopened.add(message, content) }
        progress.notAuthentic += unopened.notAuthentic.count
        progress.retired += unopened.ofRetiredKeys.count
        if pass.isFirst { unopened.log(to: log, source: "rewrap", linesMax: Self.linesMax) }
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

    /// Returns false if the message was removed or changed since it was read.
    private static func replace(
        _ message: StoredMessage, by content: ByteText, in store: any ChatStore
    ) async throws -> Bool {
        try await store.commit(reading: [.message(message.id)]) { facts in
            guard facts.message(message.id)?.content == message.content else { return (nil, false) }
            return (.messageReplaced(message.id, from: message.content, to: content), true)
        }
    }
}
