import Encoding
import Storage
import StoreConformance
import Testing
import TestSupport

@testable import Chat

@Suite struct DeletionTests {
    @Test func `a deleted message is a tombstone for both, without the vault`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let one = try await rules.messages.send(from: siti, to: budi, "one", id: nil)
            let two = try await rules.messages.send(from: budi, to: siti, "two", id: nil)
            try await rules.messages.delete(one.id, with: budi, for: siti)
            let talk = Conversation(siti, budi)
            let page = try await rules.messages.page(of: talk, HistoryRange(), for: budi)
            #expect(page.texts == [.text(""), .text("two")])
            #expect(page.isReadable)
            let tombstone = try #require(page.recorded.messages.first)
            #expect(tombstone.content == "" && tombstone.timestamp == one.timestamp)
            #expect(try #require(tombstone.deletedAt) > two.timestamp)
            try await rules.messages.delete(two.id, with: siti, for: budi)
            rules.base.vault.change { $0.fault = .unavailable("away") }
            let gone = try await rules.messages.page(of: talk, HistoryRange(), for: siti)
            #expect(gone.texts == [.text(""), .text("")])
        }
    }

    @Test func `only the sender can delete, and a repeated deletion succeeds`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let wati = try await rules.user("wati")
            _ = try await rules.friends.add("wati", to: siti)
            let sent = try await rules.messages.send(from: siti, to: budi, "halo", id: nil)
            let wrong: [(MessageID, UserID, UserID, ChatFault)] = [
                (sent.id, siti, budi, .notYours), (sent.id, wati, siti, .messageNotFound),
                (sent.id, siti, wati, .messageNotFound), (sent.id, budi, wati, .messageNotFound),
                (MessageID("none"), budi, siti, .messageNotFound),
                (sent.id, siti, siti, .messageNotFound),
                (sent.id, UserID("nobody"), siti, .userNotFound),
            ]
            for (id, other, caller, fault) in wrong {
                await #expect(throws: fault) {
                    try await rules.messages.delete(id, with: other, for: caller)
                }
            }
            try await rules.friends.remove(siti, of: budi)
            try await rules.messages.delete(sent.id, with: budi, for: siti)
            let before = rules.base.store.changes.count
            try await rules.messages.delete(sent.id, with: budi, for: siti)
            await #expect(throws: ChatFault.notYours) {
                try await rules.messages.delete(sent.id, with: siti, for: budi)
            }
            #expect(rules.base.store.changes.count == before)
        }
    }

    @Test func `the id of a deleted message cannot be used again`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let id = MessageID(RandomID.uuid())
            _ = try await rules.messages.send(from: siti, to: budi, "halo", id: id)
            try await rules.messages.delete(id, with: budi, for: siti)
            for text in ["halo", "other"] as [ByteText] {
                await #expect(throws: ChatFault.idReused) {
                    try await rules.messages.send(from: siti, to: budi, text, id: id)
                }
            }
        }
    }

    @Test func `deletions and messages share one clock at any time of day`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let talk = Conversation(siti, budi)
            let one = try await rules.messages.send(from: siti, to: budi, "one", id: nil)
            rules.time.value = 5
            try await rules.messages.delete(one.id, with: budi, for: siti)
            let two = try await rules.messages.send(from: siti, to: budi, "two", id: nil)
            let tombstone = try #require(await rules.base.store.message(one.id))
            let deletedAt = try #require(tombstone.deletedAt)
            #expect(one.timestamp < deletedAt && deletedAt < two.timestamp)
            try await rules.messages.delete(two.id, with: budi, for: siti)
            var range = HistoryRange(deletedAfter: deletedAt)
            let page = try await rules.messages.page(of: talk, range, for: budi)
            #expect(page.recorded.messages.map(\.id) == [two.id])
            range.continue(behind: page)
            #expect(try await rules.messages.page(of: talk, range, for: budi).isEmpty)
        }
    }

    @Test func `tombstones in pages meet every deletion once`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            var deleted: [MessageID] = []
            for number in 0..<25 {
                let sent = try await rules.messages.send(
                    from: siti, to: budi, "\(number)", id: nil)
                if number % 2 == 0 { deleted.insert(sent.id, at: 0) }
            }
            for id in deleted { try await rules.messages.delete(id, with: budi, for: siti) }
            var met: [MessageID] = []
            var range = HistoryRange(deletedAfter: 0, limit: 4)
            while true {
                let page = try await rules.messages.page(
                    of: Conversation(siti, budi), range, for: budi)
                if page.isEmpty { break }
                met += page.recorded.messages.map(\.id)
                range.deletedAfter = page.lastDeletedAt
            }
            #expect(met == deleted)
        }
    }

    @Test func `a rewrap leaves tombstones alone`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let sent = try await rules.messages.send(from: siti, to: budi, "halo", id: nil)
            try await rules.messages.delete(sent.id, with: budi, for: siti)
            let tombstone = await rules.base.store.message(sent.id)
            // The vault is not asked about the empty content.
            let (messages, _) = await rules.base.store.scan(after: nil, limit: 10)
            #expect(messages.count == 1 && messages[0].keyVersion == nil)
            await #expect(throws: StorageFault.stale) {
                try await rules.base.store.commit(reading: [.message(sent.id)]) { _ in
                    (.messageReplaced(sent.id, from: "", to: "v1:x"), ())
                }
            }
            #expect(await rules.base.store.message(sent.id) == tombstone)
        }
    }
}

@Suite struct ReplyTests {
    @Test func `a reply names a message of its conversation`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let wati = try await rules.user("wati")
            _ = try await rules.friends.add("wati", to: siti)
            let id = MessageID(RandomID.uuid())
            let one = try await rules.messages.send(from: siti, to: budi, "one", id: id)
            let other = try await rules.messages.send(from: siti, to: wati, "other", id: nil)
            let spelling = MessageID(ByteText(one.id.text.string.uppercased()))
            let reply = try await rules.messages.send(
                from: budi, to: siti, "two", id: nil, replyTo: spelling)
            #expect(reply.replyTo?.text == one.id.text)
            for target in [other.id, MessageID("none"), MessageID("")] {
                await #expect(throws: ChatFault.replyUnknown) {
                    try await rules.messages.send(
                        from: budi, to: siti, "three", id: nil, replyTo: target)
                }
            }
            try await rules.messages.delete(one.id, with: budi, for: siti)
            #expect(await rules.base.store.message(reply.id)?.replyTo == one.id)
        }
    }

    @Test func `a repeated send compares the answered message`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let one = try await rules.messages.send(from: siti, to: budi, "one", id: nil)
            let two = try await rules.messages.send(from: siti, to: budi, "two", id: nil)
            let id = MessageID(RandomID.uuid())
            for _ in 0..<2 {
                let sent = try await rules.messages.send(
                    from: budi, to: siti, "yes", id: id, replyTo: one.id)
                #expect(sent.replyTo == one.id)
            }
            for target in [nil, two.id] {
                await #expect(throws: ChatFault.idReused) {
                    try await rules.messages.send(
                        from: budi, to: siti, "yes", id: id, replyTo: target)
                }
            }
        }
    }
}
