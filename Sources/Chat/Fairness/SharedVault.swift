package import Encoding
package import EventLoop
package import Storage

/// The vault as all users share it. It gets calls only while its keys are trusted, and its failures
/// are reported to the key guard.
///
/// Seals and opens have separate slots, so that readers take nothing from senders. Users share the
/// slots of each kind fairly.
package struct SharedVault: Sendable {
    /// A text has 16 KiB at most.
    private static let sealLimits = FairLimits(
        callsMax: 1_000, callsPerUserMax: 500, waitingPerUserMax: 256, quantumBytes: 16 << 10,
        callBytes: 2 << 10)

    /// A page has 64 KiB at most, except for one longer message. So many calls keep the vault at
    /// work, and a new reader's page still goes out soon.
    private static let openLimits = FairLimits(
        callsMax: 64, callsPerUserMax: 32, waitingPerUserMax: 256, quantumBytes: 16 << 10,
        callBytes: 2 << 10)

    /// A chunk of a photo has 64 KiB. Few are in memory at once, and the vault answers texts in
    /// between.
    private static let chunkLimits = FairLimits(
        callsMax: 4, callsPerUserMax: 2, waitingPerUserMax: 256, quantumBytes: 64 << 10,
        callBytes: 2 << 10)

    private static let emptyText: JSONText = ""

    private let vault: any Vault
    private let keys: KeyGuard
    package let seals: FairSlots
    package let opens: FairSlots
    package let chunks: FairSlots

    package init(_ vault: any Vault, keys: KeyGuard, loop: EventLoop) {
        self.vault = vault
        self.keys = keys
        seals = FairSlots(Self.sealLimits, loop: loop)
        opens = FairSlots(Self.openLimits, loop: loop)
        chunks = FairSlots(Self.chunkLimits, loop: loop)
    }

    /// Throws unless the vault can be trusted with texts.
    package func check() async throws(VaultFault) {
        try await keys.check()
    }

    /// Returns the text as the vault sealed it for this context.
    ///
    /// - Throws: A `VaultFault`: `busy` if too many texts of this user wait already.
    package func seal(
        _ text: ByteText, context: ByteText, for sender: UserID
    ) async throws -> ByteText {
        try await seals.during(for: sender) { charge in
            charge(text.utf8Count)
            return try await reportingFailures { () async throws(VaultFault) in
                try await vault.seal(text, context: context)
            }
        }
    }

    /// Seals or opens one piece of a photo.
    ///
    /// - Throws: A `VaultFault`: `busy` if too many pieces of this user wait already.
    func chunk(
        _ operation: ChunkOperation, _ bytes: [UInt8], context: ByteText, for user: UserID
    ) async throws -> VaultChunk {
        try await chunks.during(for: user) { charge in
            charge(bytes.count)
            return try await reportingFailures { () async throws(VaultFault) in
                try await vault.chunk(operation, bytes, context: context)
            }
        }
    }

    /// Opens the messages that `read` returns. `read` runs once the reader has a slot, so that a
    /// waiting call holds no messages in memory.
    ///
    /// - Parameter size: `large` for a later page of an answer that has begun. It comes after the
    ///   reader's other calls, and is never refused.
    /// - Throws: The errors of `read`, or a `VaultFault`: `busy` if too many calls of this reader
    ///   wait already.
    package func open(
        for reader: UserID, _ size: CallSize = .small,
        _ read: () async throws -> RecordedMessages
    ) async throws -> MessagePage {
        try await opens.during(for: reader, size) { charge in
            let recorded = try await read()
            if recorded.isEmpty { return MessagePage() }
            charge(recorded.byteCount)
            return MessagePage(recorded, try await texts(of: recorded))
        }
    }

    /// Opens messages. The vault is not asked about tombstones, which have an empty text.
    private func texts(
        of recorded: RecordedMessages
    ) async throws(VaultFault) -> [OpenedText] {
        guard recorded.hasTombstones else { return try await openAll(recorded) }
        let sealed = recorded.withoutTombstones
        var opened = (sealed.isEmpty ? [] : try await openAll(sealed)).makeIterator()
        var texts: [OpenedText] = []
        recorded.forEach { message in
            let text = message.deletedAt == nil ? opened.next() : .text(Self.emptyText)
            texts.append(text ?? .notAuthentic)
        }
        return texts
    }

    private func openAll(_ sealed: RecordedMessages) async throws(VaultFault) -> [OpenedText] {
        try await reportingFailures { () async throws(VaultFault) in
            let texts = try await vault.open(sealed)
            guard texts.count == sealed.count else { throw .notAsAsked }
            return texts
        }
    }

    private func reportingFailures<Outcome>(
        of call: () async throws(VaultFault) -> Outcome
    ) async throws(VaultFault) -> Outcome {
        try await keys.check()
        do {
            return try await call()
        } catch {
            await keys.callFailed(error)
            throw error
        }
    }
}
