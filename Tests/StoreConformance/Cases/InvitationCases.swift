import Encoding
import Storage

/// Invitations, and the vault's keys.
enum InvitationCases {
    static let all = [
        StoreCase("invitations are listed by their end until they are used", listsInvitations),
        StoreCase("a user uses an invitation up in the same change", usesInvitation),
        StoreCase("key versions are known until they are forgotten", knowsKeys),
    ]

    @Sendable private static func listsInvitations(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        let invites = [
            Invite(digest: "b", expiresAt: 10), Invite(digest: "a", expiresAt: 20),
            Invite(digest: "c", expiresAt: 20), Invite(digest: "d", expiresAt: -5),
        ]
        try await store.commit(.invitesAdded(invites.reversed()))
        try await store.commit(.invitesAdded([]))
        let expected = [invites[3], invites[0], invites[1], invites[2]]
        for round in ["at once", "after a restart"] {
            try expect("invitations \(round)", try await store.invites(), is: expected)
            for invite in invites {
                try expect("by digest", try await store.invite(invite.digest), is: invite)
            }
            store = try await fixture.restart()
        }
        try await store.commit(.invitesRemoved(["d", "b"]))
        try expect("those left", try await store.invites().map(\.digest), is: ["a", "c"])
        try expect("one that went", try await store.invite("b"), is: nil)
        try await store.commit(.invitesAdded([invites[0]]))
        try expect("one added again", try await store.invite("b"), is: invites[0])
    }

    @Sendable private static func usesInvitation(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        let invites = ["a", "b"].map { Invite(digest: $0, expiresAt: 1) }
        try await store.commit(.invitesAdded(invites))
        try await store.commit(.userInvited(.new(.ana), by: "a"))
        try expect("the user", try await store.user(.ana), is: .new(.ana))
        try expect("those left", try await store.invites(), is: [invites[1]])
        // A user who is refused uses none up.
        try await expectFault("a user who is there", where: \.isRefusal) {
            try await store.commit(.userInvited(.new(.ana), by: "b"))
        }
        try await expectFault("an invitation that is gone", where: \.isRefusal) {
            try await store.commit(.userInvited(.new(.budi), by: "a"))
        }
        let next = try await fixture.restart()
        try expect("those left", try await next.invites(), is: [invites[1]])
        try expect("the users", try await next.users().map(\.id), is: [.ana])
    }

    @Sendable private static func knowsKeys(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await store.commit(.keySeen(version: 1, fingerprint: "aa"))
        try await store.commit(.keySeen(version: 7, fingerprint: "bb"))
        try expect("both", try await store.knownKeys, is: [1: "aa", 7: "bb"])
        try await store.commit(.keyForgotten(version: 1))
        store = try await fixture.restart()
        try expect("the other", try await store.knownKeys, is: [7: "bb"])
        try await store.commit(.keySeen(version: 1, fingerprint: "cc"))
        try expect("one met again", try await store.knownKeys, is: [1: "cc", 7: "bb"])
    }
}
