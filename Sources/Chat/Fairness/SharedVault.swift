package import Encoding
package import EventLoop
package import Storage

/// The vault as all users share it. It is asked only while its keys are approved, and what it fails
/// to do is told to their guard.
///
/// Seals and opens have slots of their own, so that readers take nothing from senders. Both kinds
/// are given out fairly between users.
package struct SharedVault: Sendable {
    /// A text has 16 KiB at most.
    private static let sealLimits = FairLimits(
        callsMax: 1_000, callsPerUserMax: 500, waitingPerUserMax: 256, quantumBytes: 16 << 10,
        callBytes: 2 << 10)

    /// A page has 64 KiB at most, but for one longer message. Enough to keep the vault at work, and
    /// few enough that the page of somebody new is soon asked for.
    private static let openLimits = FairLimits(
        callsMax: 64, callsPerUserMax: 32, waitingPerUserMax: 256, quantumBytes: 16 << 10,
        callBytes: 2 << 10)

    private let vault: any Vault
    private let keys: KeyGuard
    private let seals: FairSlots
    private let opens: FairSlots

    package init(_ vault: any Vault, keys: KeyGuard, loop: EventLoop) {
        self.vault = vault
        self.keys = keys
        seals = FairSlots(Self.sealLimits, loop: loop)
        opens = FairSlots(Self.openLimits, loop: loop)
    }

    /// Throws while the vault cannot be trusted with texts.
    package func check() async throws(VaultFault) {
        try await keys.check()
    }

    /// - Throws: A `VaultFault`: `busy` where too many texts of this user wait already.
    package func seal(
        _ text: ByteText, context: ByteText, for sender: UserID
    ) async throws -> ByteText {
        try await seals.during(for: sender) { charge in
            charge(text.utf8Count)
            return try await noting { () async throws(VaultFault) in
                try await vault.seal(text, context: context)
            }
        }
    }

    /// Opens the messages that `read` returns. They are read once it is the reader's turn, so that
    /// nobody's wait costs memory.
    ///
    /// - Parameter size: `large` for what goes on with an answer that has begun: it comes after the
    ///   reader's other calls, and is never refused.
    /// - Throws: What `read` throws, or a `VaultFault`: `busy` where too many calls of this reader
    ///   wait already.
    package func open(
        for reader: UserID, _ size: CallSize = .small,
        _ read: () async throws -> RecordedMessages
    ) async throws -> MessagePage {
        try await opens.during(for: reader, size) { charge in
            let recorded = try await read()
            if recorded.isEmpty { return MessagePage() }
            charge(recorded.byteCount)
            let texts = try await noting { () async throws(VaultFault) in
                let texts = try await vault.open(recorded)
                guard texts.count == recorded.count else { throw .notAsAsked }
                return texts
            }
            return MessagePage(recorded, texts)
        }
    }

    private func noting<Outcome>(
        _ ask: () async throws(VaultFault) -> Outcome
    ) async throws(VaultFault) -> Outcome {
        try await keys.check()
        do {
            return try await ask()
        } catch {
            await keys.noteFailure(error)
            throw error
        }
    }
}
