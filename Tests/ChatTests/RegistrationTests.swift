import Encoding
import EventLoop
import Storage
import StoreConformance
import Testing
import TestSupport

@testable import Chat

@Suite struct RegistrationTests {
    private func limits(_ change: (inout AccountLimits) -> Void) -> AccountLimits {
        var limits = AccountLimits()
        limits.attemptsPerMinute = 0
        change(&limits)
        return limits
    }

    private func register(
        _ rules: RulesFixture, _ name: ByteText, _ invite: ByteText?, from client: Network = .home
    ) async throws -> User {
        try await rules.accounts.register(
            username: name, password: "kata sandi", invite: invite, from: client)
    }

    @Test func `an address registers so many a day and a failure is none`() throws {
        try withRules(accounts: limits { $0.registrationsPerDay = 2 }) { rules in
            _ = try await register(rules, "siti", nil)
            await #expect(throws: ChatFault.usernameTaken) {
                _ = try await register(rules, "SITI", nil)
            }
            rules.base.store.beforeCommits { throw StorageFault.full }
            await #expect(throws: StorageFault.full) { _ = try await register(rules, "budi", nil) }
            rules.base.store.beforeCommits(nil)
            _ = try await register(rules, "budi", nil)
            #expect(
                try await refusals(1) { _ = try await register(rules, "tono", nil) }
                    == ["tooManyAttempts"])
            _ = try await register(rules, "tono", nil, from: .elsewhere)
        }
    }

    @Test func `nobody registers while registration is closed`() throws {
        try withRules(accounts: limits { $0.registration = .closed }) { rules in
            _ = try await rules.accounts.invite(["aa"], days: 1)
            for invite in [nil, "aa"] as [ByteText?] {
                await #expect(throws: ChatFault.registrationClosed) {
                    _ = try await register(rules, "siti", invite)
                }
            }
        }
    }

    @Test func `an invitation lets one person register`() throws {
        try withRules(accounts: limits { $0.registration = .invite }) { rules in
            _ = try await rules.accounts.invite(["aa", "bb"], days: 1)
            await #expect(throws: ChatFault.inviteNeeded) {
                _ = try await register(rules, "siti", nil)
            }
            await #expect(throws: ChatFault.inviteInvalid) {
                _ = try await register(rules, "siti", "cc")
            }
            _ = try await register(rules, "siti", "aa")
            await #expect(throws: ChatFault.inviteInvalid) {
                _ = try await register(rules, "budi", "aa")
            }
            // A failed registration uses no invitation up.
            await #expect(throws: ChatFault.usernameTaken) {
                _ = try await register(rules, "siti", "bb")
            }
            await #expect(throws: ChatFault.weakPassword(.tooShort)) {
                _ = try await rules.accounts.register(
                    username: "budi", password: "x", invite: "bb", from: .home)
            }
            #expect(try await rules.accounts.invites().map(\.digest) == ["bb"])
            _ = try await register(rules, "budi", "bb")
        }
    }

    @Test func `one of many concurrent registrations uses the invitation`() throws {
        try withRules(accounts: limits { $0.registration = .invite }) { rules in
            _ = try await rules.accounts.invite(["aa"], days: 1)
            let outcomes = await withTaskGroup(of: ChatFault?.self) { group in
                for number in 0..<8 {
                    group.addTask(executorPreference: rules.base.loop) {
                        do {
                            _ = try await register(rules, "nama\(number)", "aa")
                            return nil
                        } catch { return error as? ChatFault }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == .inviteInvalid }.count == 7)
        }
    }

    @Test func `an invitation expires by a clock that never runs behind the newest message`() throws
    {
        try withRules(accounts: limits { $0.registration = .invite }) { rules in
            let day: Int64 = 86_400_000
            rules.time.value = 1_800_000_000_000
            let expiresAt = try await rules.accounts.invite(["aa", "bb"], days: 1)
            #expect(expiresAt == rules.time.value + day)
            rules.time.value = expiresAt - 1
            _ = try await register(rules, "siti", "aa")
            rules.time.value = expiresAt
            await #expect(throws: ChatFault.inviteInvalid) {
                _ = try await register(rules, "budi", "bb")
            }
            // The box starts in 1970 again, and knows a message that is later.
            rules.time.value = 0
            let siti = try #require(try await rules.accounts.user(named: "siti")).id
            let message = StoredMessage(
                id: MessageID("m"), senderId: siti, receiverId: siti, content: "",
                timestamp: expiresAt)
            try await rules.base.store.commit(reading: []) { _ in (.messageAdded(message), ()) }
            await #expect(throws: ChatFault.inviteInvalid) {
                _ = try await register(rules, "budi", "bb")
            }
            #expect(try await rules.accounts.invite(["cc"], days: 1) == expiresAt + day)
            #expect(try await rules.accounts.invites().map(\.digest) == ["cc"], "expired ones go")
        }
    }

    @Test func `invitations are bounded and can be revoked`() throws {
        try withRules { rules in
            let digests = (0..<Accounts.invitesMax).map { ByteText("\($0)-") }
            _ = try await rules.accounts.invite(digests, days: 1)
            await #expect(throws: ChatFault.invitesTooMany) {
                _ = try await rules.accounts.invite(["one more"], days: 1)
            }
            #expect(try await rules.accounts.revokeInvites("77-") == 1)
            #expect(try await rules.accounts.revokeInvites("77-") == 0)
            _ = try await rules.accounts.invite(["one more"], days: 1)
        }
    }
}
