import Encoding
import EventLoop
import Storage
import Testing
import TestSupport

@testable import Chat

@Suite struct SharedVaultTests {
    /// Two pairs of friends, with a message each, while the vault does not answer.
    private static func withSlowVault(
        _ body:
            @escaping @Sendable (
                RulesFixture, _ siti: UserID, _ budi: UserID, _ tono: UserID, _ wati: UserID
            ) async throws -> Void
    ) throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let (tono, wati) = try await rules.friends("tono", "wati")
            _ = try await rules.messages.send(from: siti, to: budi, "halo", id: nil)
            _ = try await rules.messages.send(from: tono, to: wati, "hai", id: nil)
            rules.base.vault.change { $0.hangs = true }
            try await body(rules, siti, budi, tono, wati)
        }
    }

    @Test func `one who reads too much at once is told so, and nobody else is`() throws {
        try Self.withSlowVault { rules, siti, budi, tono, wati in
            let loop = rules.base.loop
            let greedy = Conversation(siti, budi)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<300 {
                    group.addTask(executorPreference: loop) {
                        do {
                            _ = try await rules.messages.page(
                                of: greedy, HistoryRange(), for: siti)
                            return true
                        } catch VaultFault.busy { return false }
                    }
                }
                // Refusals come at once.
                var refusedCount = 0
                for _ in 0..<(300 - 32 - 256) where try await group.next() == false {
                    refusedCount += 1
                }
                #expect(refusedCount == 12)
                async let page = rules.messages.page(
                    of: Conversation(tono, wati), HistoryRange(), for: wati)
                async let others = rules.messages.page(of: greedy, HistoryRange(), for: budi)
                async let sent = rules.messages.send(from: siti, to: budi, "lagi", id: nil)
                try await loop.sleep(for: .milliseconds(5))
                rules.base.vault.change { $0.hangs = false }
                #expect(try await page.texts == [.text("hai")])
                #expect(try await others.texts.first == .text("halo"))
                #expect(try await sent.content == "lagi")
                for try await isServed in group { #expect(isServed) }
            }
        }
    }

    @Test func `of one reader's pages only some are in memory at once`() throws {
        try Self.withSlowVault { rules, siti, budi, _, _ in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask(executorPreference: rules.base.loop) {
                        _ = try? await rules.messages.page(
                            of: Conversation(siti, budi), HistoryRange(), for: siti)
                    }
                }
                try? await rules.base.loop.eventually { rules.base.vault.openingCount == 32 }
                #expect(rules.base.vault.openingCount == 32)
                rules.base.vault.change { $0.hangs = false }
            }
            #expect(rules.base.vault.openingCount == 0)
        }
    }

    @Test func `whether a conversation can be read is known without asking the vault`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let conversation = Conversation(siti, budi)
            _ = try await rules.messages.send(from: siti, to: budi, "halo", id: nil)
            let textCount = rules.base.vault.texts.count
            try await rules.messages.checkReadable(conversation, HistoryRange())
            #expect(rules.base.vault.texts.count == textCount)
            rules.base.vault.change { $0.fault = .unavailable("away") }
            try await rules.base.reaches(.unavailable("away"))
            // An empty range needs no vault.
            try await rules.messages.checkReadable(conversation, HistoryRange(before: 1))
            await #expect(throws: VaultFault.unavailable("away")) {
                try await rules.messages.checkReadable(conversation, HistoryRange())
            }
        }
    }
}
