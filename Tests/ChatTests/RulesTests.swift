import Encoding
import Storage
import StoreConformance
import Testing
import TestSupport

@testable import Chat

@Suite struct FriendsTests {
    @Test func `a friendship is mutual and one change`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            #expect(try await rules.friends.list(of: siti).map(\.id) == [budi])
            #expect(try await rules.friends.list(of: budi).map(\.id) == [siti])
            let befriendings = rules.base.store.changes.filter {
                if case .befriended = $0 { true } else { false }
            }
            #expect(befriendings.count == 1)
            await #expect(throws: ChatFault.alreadyFriends) {
                _ = try await rules.friends.add("siti", to: budi)
            }
            await #expect(throws: ChatFault.selfFriend) {
                _ = try await rules.friends.add("SITI", to: siti)
            }
            await #expect(throws: ChatFault.friendNotFound) {
                _ = try await rules.friends.add("nobody", to: siti)
            }
        }
    }

    @Test func `blocks at once do not pass the limit of a block list`() throws {
        try withRules { rules in
            let siti = try await rules.user("siti")
            let count = Friends.blockedMax - 1
            var others: [UserID] = []
            for number in 0..<(count + 6) { others.append(try await rules.user("u\(number)")) }
            for other in others.prefix(count) {
                try await rules.base.store.commit(reading: []) { _ in
                    (.blocked(other, by: siti), ())
                }
            }
            let outcomes = await withTaskGroup(of: ChatFault?.self) { group in
                for other in others.suffix(6) {
                    group.addTask {
                        do { try await rules.friends.block(other, for: siti) } catch {
                            return error as? ChatFault
                        }
                        return nil
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == .blockListFull }.count == 5)
            #expect(try await rules.friends.blocked(by: siti).count == Friends.blockedMax)
        }
    }
}

@Suite struct MessagesTests {
    @Test func `a stored message is sealed with its context and read again`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let sent = try await rules.messages.send(from: siti, to: budi, " halo\r\n", id: nil)
            #expect(sent.content == "halo")
            let stored = try #require(await rules.base.store.message(MessageID(sent.id.text)))
            #expect(stored.content == "v1:2:7:\(siti)7:\(budi)36:\(sent.id.text)|halo")
            let page = try await rules.messages.page(
                of: Conversation(budi, siti), HistoryRange(limit: 10), for: budi)
            #expect(page.recorded.messages == [stored])
            #expect(page.texts == [.text("halo")])
        }
    }

    @Test func `timestamps increase whatever the clock does`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            var timestamps: [Int64] = []
            for clock in [5000, 5000, 4000, 9000, 100] as [Int64] {
                rules.time.value = clock
                let sent = try await rules.messages.send(from: siti, to: budi, "x", id: nil)
                timestamps.append(sent.timestamp)
            }
            #expect(timestamps == [5000, 5001, 5002, 9000, 9001])
        }
    }

    @Test func `a conversation that is new while the clock stands in 1970 is the latest`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let (wati, agus) = (try await rules.user("wati"), try await rules.user("agus"))
            for name in ["wati", "agus"] as [ByteText] {
                _ = try await rules.friends.add(name, to: siti)
            }
            let now: Int64 = 1_800_000_000_000
            // A clock that is a minute behind has been set, and is believed.
            for (clock, friend, timestamp) in [
                (now, budi, now), (5000, wati, now + 1), (5000, budi, now + 2),
                (now - 60_000, agus, now - 60_000), (now - 60_000, wati, now + 2),
            ] {
                rules.time.value = clock
                let sent = try await rules.messages.send(from: siti, to: friend, "x", id: nil)
                #expect(sent.timestamp == timestamp)
                if clock == 5000 {
                    #expect(try await rules.friends.list(of: siti).first?.id == friend)
                }
            }
        }
    }

    @Test func `only friends are written to`() throws {
        try withRules { rules in
            let (siti, budi) = (try await rules.user("siti"), try await rules.user("budi"))
            await #expect(throws: ChatFault.notFriends) {
                _ = try await rules.messages.send(from: siti, to: budi, "halo", id: nil)
            }
            await #expect(throws: ChatFault.userNotFound) {
                _ = try await rules.messages.send(from: siti, to: UserID("x"), "halo", id: nil)
            }
            #expect(rules.base.vault.texts.isEmpty)
        }
    }

    @Test func `an id that is sent again and again is one message`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let id = MessageID(RandomID.uuid())
            let sent = try await withThrowingTaskGroup(of: Message.self) { group in
                for _ in 0..<8 {
                    group.addTask(executorPreference: rules.base.loop) {
                        try await rules.messages.send(from: siti, to: budi, "halo", id: id)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(sent.map(\.timestamp)).count == 1)
            let added = rules.base.store.changes.filter {
                if case .messageAdded = $0 { true } else { false }
            }
            #expect(added.count == 1)
            for (sender, receiver, text) in [
                (siti, budi, "lain"), (budi, siti, "halo"),
            ] as [(UserID, UserID, ByteText)] {
                await #expect(throws: ChatFault.idReused) {
                    _ = try await rules.messages.send(from: sender, to: receiver, text, id: id)
                }
            }
        }
    }

    @Test func `an id whose sending failed may be sent again`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let id = MessageID(RandomID.uuid())
            rules.base.vault.change { $0.fault = .unavailable("away") }
            await #expect(throws: VaultFault.self) {
                _ = try await rules.messages.send(from: siti, to: budi, "halo", id: id)
            }
            #expect(await rules.base.store.message(id) == nil)
            rules.base.vault.change { $0.fault = nil }
            try await rules.base.reaches(.ready)
            let sent = try await rules.messages.send(from: siti, to: budi, "halo", id: id)
            #expect(sent.id.text == id.text)
        }
    }

    @Test func `a message that is not authentic does not spoil the rest`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let sent = try await rules.messages.send(from: siti, to: budi, "halo", id: nil)
            let forged = StoredMessage(
                id: MessageID("forged"), senderId: siti, receiverId: budi, content: "v1:x|y",
                timestamp: sent.timestamp + 1)
            try await rules.base.store.commit(reading: []) { _ in (.messageAdded(forged), ()) }
            let page = try await rules.messages.page(
                of: Conversation(siti, budi), HistoryRange(), for: siti)
            #expect(page.texts == [.text("halo"), .notAuthentic])
        }
    }

    @Test func `a resend under a retired key is not mistaken for another message`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let id = MessageID(RandomID.uuid())
            _ = try await rules.messages.send(from: siti, to: budi, "halo", id: id)
            rules.base.vault.change { $0.isRetired = true }
            for _ in 0..<3 {
                let page = try await rules.messages.page(
                    of: Conversation(siti, budi), HistoryRange(), for: siti)
                #expect(page.texts == [.keyRetired])
                await #expect(throws: VaultFault.keyRetired) {
                    try await rules.messages.send(from: siti, to: budi, "halo", id: id)
                }
            }
            let lines = rules.base.log.lines.filter { $0.contains("retired") }
            #expect(lines.count == 1 && lines[0].contains("version=1"))
            #expect(lines[0].contains("message=\(id)"))
            #expect(!rules.base.log.lines.contains { $0.contains("not authentic") })
            rules.base.vault.change { $0.isRetired = false }
            _ = try await rules.messages.send(from: siti, to: budi, "halo", id: id)
        }
    }

    @Test func `pages forwards and backwards meet every message once`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            for number in 0..<25 {
                _ = try await rules.messages.send(from: siti, to: budi, "\(number)", id: nil)
            }
            let conversation = Conversation(siti, budi)
            var forwards: [String?] = []
            var range = HistoryRange(after: 0, limit: 7)
            while true {
                let page = try await rules.messages.page(of: conversation, range, for: siti)
                if page.isEmpty { break }
                forwards += page.plain
                range.after = page.lastTimestamp
            }
            #expect(forwards == (0..<25).map { String($0) })
            var backwards: [String?] = []
            range = HistoryRange(limit: 7)
            while true {
                let page = try await rules.messages.page(of: conversation, range, for: siti)
                guard let first = page.recorded.messages.first else { break }
                backwards = page.plain + backwards
                range.before = first.timestamp
            }
            #expect(backwards == (0..<25).map { String($0) })
        }
    }
}

extension MessagesTests {
    @Test func `pages bounded by bytes meet every message of a range once`() throws {
        try withRules { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let filler = String(repeating: "€", count: 4_000)
            for number in 0..<30 {
                _ = try await rules.messages.send(
                    from: siti, to: budi, "\(number) \(filler)", id: nil)
            }
            let conversation = Conversation(siti, budi)
            let times = await rules.base.store.messages(
                in: conversation, MessageRange()
            ).messages.map(\.timestamp)
            let ranges: [(HistoryRange, Range<Int>)] = [
                (HistoryRange(), 0..<30), (HistoryRange(limit: 20), 10..<30),
                (HistoryRange(after: times[4], limit: 20), 5..<25),
                (HistoryRange(after: times[4], before: times[20], limit: 9), 11..<20),
                (HistoryRange(before: times[20]), 0..<20),
            ]
            for (asked, expected) in ranges {
                var range = asked
                var numbers: [Int] = []
                while true {
                    let page = try await rules.messages.page(
                        of: conversation, range, for: siti)
                    #expect(page.count <= 7)
                    numbers += page.plain.compactMap { text in
                        text.flatMap { Int($0.prefix { $0 != " " }) }
                    }
                    guard page.isCut else { break }
                    range.continue(behind: page)
                    // Later messages do not displace the requested ones.
                    if numbers.count == page.count, asked.limit != nil, asked.before == nil {
                        _ = try await rules.messages.send(from: budi, to: siti, "baru", id: nil)
                    }
                }
                #expect(numbers == Array(expected))
            }
        }
    }
}

extension MessagePage {
    fileprivate var plain: [String?] {
        texts.map { if case .text(let text) = $0 { text.text.string } else { nil } }
    }
}
