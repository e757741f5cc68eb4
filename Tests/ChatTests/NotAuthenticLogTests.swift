import Encoding
import Storage
import StoreConformance
import Testing

@testable import Chat

/// Log lines about messages that are not authentic, which users read again and again.
@Suite struct NotAuthenticLogTests {
    @Test func `a conversation that is read repeatedly logs one line a minute`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            try await forge(100, from: siti, to: budi, rules)
            for _ in 0..<50 {
                let page = try await rules.messages.page(
                    of: Conversation(siti, budi), HistoryRange(limit: 100), for: siti)
                #expect(page.texts.allSatisfy { $0 == .notAuthentic })
            }
            let lines = rules.base.log.lines.filter { $0.contains("not authentic") }
            #expect(lines.count == 1)
            let line = try #require(lines.first)
            #expect(line.contains("message=forged-siti-0,forged-siti-1,"))
            #expect(line.contains("more=") && line.utf8.count < 1_200)
        }
    }

    @Test func `conversations do not hide each other`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let (wati, agus) = try await rules.friends("wati", "agus")
            for (sender, receiver) in [(siti, budi), (wati, agus)] {
                try await forge(1, from: sender, to: receiver, rules)
                _ = try await rules.messages.page(
                    of: Conversation(sender, receiver), HistoryRange(limit: 10), for: sender)
            }
            let lines = rules.base.log.lines.filter { $0.contains("not authentic") }
            #expect(lines.count == 2)
            #expect(lines.contains { $0.contains("message=forged-siti-0") })
            #expect(lines.contains { $0.contains("message=forged-wati-0") })
        }
    }

    private func forge(
        _ count: Int, from sender: UserID, to receiver: UserID, _ rules: RulesFixture
    ) async throws {
        let name = sender.text.droppingFirst(3)
        for number in 0..<count {
            let forged = StoredMessage(
                id: MessageID("forged-\(name)-\(number)"), senderId: sender,
                receiverId: receiver, content: "v1:x|y", timestamp: Int64(number + 1))
            try await rules.base.store.commit(reading: []) { _ in (.messageAdded(forged), ()) }
        }
    }
}
