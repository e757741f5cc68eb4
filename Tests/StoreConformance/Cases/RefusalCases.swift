import Encoding
import Storage

/// Changes that do not fit what there is.
enum RefusalCases {
    static let all = [
        StoreCase("a change that does not fit is refused and leaves nothing", refuses)
    ]

    /// Invalid changes, each with its problem. In the store Ana and Budi are friends and have a
    /// message, and Ana has blocked Citra.
    private static let unfit: [(String, Change)] = [
        ("a used id of a user", .userAdded(.new(.ana, named: "free"))),
        ("a used name", .userAdded(.new(.dewi, named: "ana"))),
        (
            "a new user with contacts",
            .userAdded(User(id: .dewi, username: "dewi", password: "", contacts: [.ana]))
        ),
        ("no such invitation", .userInvited(.new(.dewi), by: "none")),
        ("an invited user of a used id", .userInvited(.new(.ana, named: "free"), by: "0a")),
        ("an invited user of a used name", .userInvited(.new(.dewi, named: "ana"), by: "0a")),
        ("no such user to change", .userChanged(.new(.dewi))),
        ("the name of another", .userChanged(.new(.ana, named: "budi"))),
        ("no such user to remove", .userRemoved(.dewi)),
        ("a friend of oneself", .befriended(.ana, .ana)),
        ("no such friend", .befriended(.ana, .dewi)),
        ("nobody has a friend", .befriended(.dewi, .ana)),
        ("friends already", .befriended(.ana, .budi)),
        ("friends already, the other way", .befriended(.budi, .ana)),
        ("an end of no friendship", .parted(.ana, .citra)),
        ("an end of a friendship with nobody", .parted(.ana, .dewi)),
        ("blocked by oneself", .blocked(.ana, by: .ana)),
        ("nobody to block", .blocked(.dewi, by: .ana)),
        ("nobody who blocks", .blocked(.ana, by: .dewi)),
        ("blocked already", .blocked(.citra, by: .ana)),
        ("not blocked", .unblocked(.ana, by: .citra)),
        ("nobody to unblock", .unblocked(.dewi, by: .ana)),
        ("no such sender", .messageAdded(StoredMessage("n", from: .dewi, to: .ana, at: 20))),
        ("no such receiver", .messageAdded(StoredMessage("n", from: .ana, to: .dewi, at: 20))),
        (
            "a used id of a message",
            .messageAdded(StoredMessage("m", from: .ana, to: .budi, at: 20))
        ),
        (
            "the timestamp of another",
            .messageAdded(StoredMessage("n", from: .budi, to: .ana, at: 10))
        ),
        ("an earlier timestamp", .messageAdded(StoredMessage("n", from: .ana, to: .budi, at: 9))),
        (
            "a timestamp below all",
            .messageAdded(StoredMessage("n", from: .ana, to: .citra, at: -1))
        ),
        (
            "a timestamp above all",
            .messageAdded(
                StoredMessage(
                    "n", from: .ana, to: .citra, at: StoredMessage.timestamps.upperBound + 1))
        ),
        (
            "a deletion at the time of a message",
            .messageDeleted(StoredMessage("m", from: .ana, to: .budi, at: 10).tombstone(at: 10))
        ),
        (
            "a deletion above all times",
            .messageDeleted(
                StoredMessage("m", from: .ana, to: .budi, at: 10)
                    .tombstone(at: StoredMessage.timestamps.upperBound + 1))
        ),
        ("a key version that is known", .keySeen(version: 1, fingerprint: "bb")),
        ("a key version that is known as it is", .keySeen(version: 1, fingerprint: "aa")),
        ("no such key version", .keyForgotten(version: 2)),
        ("an invitation that is there", .invitesAdded([Invite(digest: "0a", expiresAt: 9)])),
        (
            "a new invitation twice",
            .invitesAdded([Invite(digest: "0b", expiresAt: 9), .init(digest: "0b", expiresAt: 8)])
        ),
        (
            "a new invitation beside one that is there",
            .invitesAdded([Invite(digest: "0b", expiresAt: 9), .init(digest: "0a", expiresAt: 8)])
        ),
        ("no such invitation to remove", .invitesRemoved(["0b"])),
        ("one that is there and one that is not", .invitesRemoved(["0a", "0b"])),
    ]

    @Sendable private static func refuses(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        try await store.add(.citra)
        try await store.commit(.blocked(.citra, by: .ana))
        try await store.add("m", from: .ana, to: .budi, at: 10)
        try await store.commit(.keySeen(version: 1, fingerprint: "aa"))
        try await store.commit(.invitesAdded([Invite(digest: "0a", expiresAt: 7)]))
        let before = try await Everything(of: store)
        let revisions = try await Revisions(of: store)
        for (why, change) in unfit {
            try await expectFault(why, where: \.isRefusal) { try await store.commit(change) }
        }
        try expect("everything", try await Everything(of: store), is: before)
        try expect("the revisions", try await Revisions(of: store), is: revisions)
        try await store.checkWritable()
        try await store.add("n", from: .budi, to: .ana, at: 11)
        let next = try await fixture.restart()
        try expect("messages", try await next.messageCount, is: 2)
    }
}
