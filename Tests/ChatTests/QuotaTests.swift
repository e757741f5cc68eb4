import Encoding
import EventLoop
import Storage
import StoreConformance
import Testing

@testable import Chat

/// Repeats an action that a limit may refuse. Returns the refusals.
func refusals(_ count: Int, _ act: () async throws -> Void) async throws -> [String] {
    var refusals: [String] = []
    for _ in 0..<count {
        do {
            try await act()
            refusals.append("")
        } catch let fault as ChatFault {
            switch fault {
            case .tooManyMessages(let wait), .tooMuchData(let wait), .tooManyNames(let wait),
                .tooManyAttempts(let wait):
                #expect(wait > .zero && wait <= .seconds(86_400))
                refusals.append(String("\(fault)".prefix { $0 != "(" }))
            default: throw fault
            }
        }
    }
    return refusals
}

private func quotas(_ change: (inout Quotas) -> Void) -> Quotas {
    var quotas = Quotas()
    change(&quotas)
    return quotas
}

@Suite struct SendQuotaTests {
    @Test func `a burst of twice the minute's messages may be sent`() throws {
        try withRules(quotas: quotas { $0.sendsPerMinute = 3 }) { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let sent = try await refusals(8) {
                _ = try await rules.messages.send(from: siti, to: budi, "x", id: nil)
            }
            #expect(
                sent == Array(repeating: "", count: 6)
                    + Array(repeating: "tooManyMessages", count: 2))
            _ = try await rules.messages.send(from: budi, to: siti, "others may", id: nil)
            #expect(!rules.base.vault.texts.dropFirst(7).contains("x"), "the vault was asked")
        }
    }

    @Test func `a message costs its record, and at least 512 bytes`() throws {
        try withRules(quotas: quotas { $0.bytesPerDay = 5 * 512 }) { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let short = try await refusals(6) {
                _ = try await rules.messages.send(from: siti, to: budi, "x", id: nil)
            }
            #expect(short == ["", "", "", "", "", "tooMuchData"])
            let long = ByteText(String(repeating: "x", count: 900))
            #expect(
                try await refusals(2) {
                    _ = try await rules.messages.send(from: budi, to: siti, long, id: nil)
                } == ["", "tooMuchData"])
        }
    }

    @Test func `a record has its computed length`() throws {
        for length in [0, 1, 2, 3, 100, 4095] {
            let text = try MessageText(
                sanitising: ByteText("x" + String(repeating: "y", count: length)))
            let sealed = 4 * ((text.text.utf8.count + 28 + 2) / 3)
            for replyTo in [nil, MessageID(RandomID.uuid())] {
                let message = OutgoingMessage(
                    id: MessageID(RandomID.uuid()), sender: UserID(RandomID.uuid()),
                    receiver: UserID(RandomID.uuid()), text: text, replyTo: replyTo)
                let stored = StoredMessage(
                    id: message.id, senderId: message.sender, receiverId: message.receiver,
                    content: ByteText("v1:" + String(repeating: "A", count: sealed)),
                    timestamp: 1_795_431_829_155, contextForm: .lengths, replyTo: replyTo)
                let reckoned = SendQuota.recordBytes(of: message)
                #expect(reckoned == RecordedMessages([stored]).byteCount)
            }
        }
    }

    @Test func `a message that is not stored, or was stored before, costs no quota`() throws {
        try withRules(quotas: quotas { $0.sendsPerMinute = 1 }) { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let stranger = try await rules.user("wati")
            let id = MessageID(RandomID.uuid())
            _ = try await rules.messages.send(from: siti, to: budi, "one", id: id)
            for _ in 0..<10 {
                _ = try await rules.messages.send(from: siti, to: budi, "one", id: id)
                await #expect(throws: ChatFault.idReused) {
                    _ = try await rules.messages.send(from: siti, to: budi, "other", id: id)
                }
                await #expect(throws: ChatFault.notFriends) {
                    _ = try await rules.messages.send(from: siti, to: stranger, "x", id: nil)
                }
                rules.base.store.beforeCommits { throw StorageFault.full }
                await #expect(throws: StorageFault.full) {
                    _ = try await rules.messages.send(from: siti, to: budi, "lost", id: nil)
                }
                rules.base.store.beforeCommits(nil)
            }
            rules.base.vault.change { $0.fault = .refused("too long") }
            await #expect(throws: VaultFault.self) {
                _ = try await rules.messages.send(from: siti, to: budi, "not sealed", id: nil)
            }
            rules.base.vault.change { $0.fault = nil }
            let left = try await refusals(2) {
                _ = try await rules.messages.send(from: siti, to: budi, "two", id: nil)
            }
            #expect(left == ["", "tooManyMessages"])
        }
    }

    @Test func `concurrent attempts are limited like successive ones`() throws {
        try withRules(quotas: quotas { $0.sendsPerMinute = 5 }) { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let sent = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask(executorPreference: rules.base.loop) {
                        let message = try? await rules.messages.send(
                            from: siti, to: budi, "x", id: nil)
                        return message != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(sent == 10)
        }
    }

    @Test func `a limit of zero allows everything`() throws {
        let none = quotas { quotas in
            (quotas.sendsPerMinute, quotas.bytesPerDay, quotas.messagesMax) = (0, 0, 0)
        }
        try withRules(quotas: none) { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            for _ in 0..<300 {
                _ = try await rules.messages.send(from: siti, to: budi, "x", id: nil)
            }
        }
    }
}

@Suite struct StoreCapacityTests {
    @Test func `no message goes beyond the limit however many are sent at once`() throws {
        try withRules(quotas: quotas { $0.messagesMax = 10 }) { rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let (sent, refused) = await withTaskGroup(of: ChatFault?.self) { group in
                for number in 0..<40 {
                    group.addTask(executorPreference: rules.base.loop) {
                        do {
                            _ = try await rules.messages.send(
                                from: siti, to: budi, "\(number)", id: nil)
                            return nil
                        } catch { return error as? ChatFault }
                    }
                }
                return await group.reduce(into: (0, 0)) { counts, fault in
                    if fault == nil { counts.0 += 1 }
                    if fault == .storeFull { counts.1 += 1 }
                }
            }
            #expect((sent, refused) == (10, 30))
            #expect(await rules.base.store.messageCount == 10)
            let warnings = rules.base.log.lines.filter { $0.contains("--messages-max") }
            #expect(warnings.count == 3, "at 80, 90 and 100 percent: \(warnings)")
        }
    }
}

@Suite struct FriendQuotaTests {
    @Test func `after too many unknown names no answer reveals whether a name exists`() throws {
        try withRules(quotas: quotas { $0.unknownNamesPerHour = 3 }) { rules in
            let siti = try await rules.user("siti")
            let budi = try await rules.user("budi")
            for _ in 0..<3 {
                await #expect(throws: ChatFault.friendNotFound) {
                    _ = try await rules.friends.add("tiada", to: siti)
                }
            }
            for name in ["tiada", "budi"] as [ByteText] {
                let refused = try await refusals(1) {
                    _ = try await rules.friends.add(name, to: siti)
                }
                #expect(refused == ["tooManyNames"])
            }
            _ = try await rules.friends.add("siti", to: budi)
        }
    }

    @Test func `known names cost no attempt`() throws {
        try withRules(quotas: quotas { $0.unknownNamesPerHour = 1 }) { rules in
            let siti = try await rules.user("siti")
            for number in 0..<10 {
                _ = try await rules.user("teman\(number)")
                _ = try await rules.friends.add("teman\(number)", to: siti)
                for (name, fault) in [
                    ("teman\(number)", ChatFault.alreadyFriends), ("siti", .selfFriend),
                ] as [(ByteText, ChatFault)] {
                    await #expect(throws: fault) {
                        _ = try await rules.friends.add(name, to: siti)
                    }
                }
            }
        }
    }

    @Test func `a hundred new friends a day are enough`() throws {
        try withRules { rules in
            let siti = try await rules.user("siti")
            for number in 0..<101 { _ = try await rules.user("teman\(number)") }
            for number in 0..<100 {
                _ = try await rules.friends.add("teman\(number)", to: siti)
                await #expect(throws: ChatFault.alreadyFriends) {
                    _ = try await rules.friends.add("teman\(number)", to: siti)
                }
            }
            let refused = try await refusals(1) {
                _ = try await rules.friends.add("teman100", to: siti)
            }
            #expect(refused == ["tooManyNames"])
        }
    }

    @Test func `zero allows any number of names`() throws {
        try withRules(quotas: quotas { $0.unknownNamesPerHour = 0 }) { rules in
            let siti = try await rules.user("siti")
            for number in 0..<150 {
                _ = try await rules.user("teman\(number)")
                _ = try await rules.friends.add("teman\(number)", to: siti)
                await #expect(throws: ChatFault.friendNotFound) {
                    _ = try await rules.friends.add("tiada", to: siti)
                }
            }
        }
    }
}
