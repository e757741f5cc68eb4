package import Encoding
package import Storage

/// The operator's changes to invitations.
extension Accounts {
    /// The largest number of unused invitations.
    package static let invitesMax = 1_000
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// Adds invitations, and removes expired ones. Returns the time at which the new ones expire,
    /// in milliseconds since 1970.
    ///
    /// - Parameter digests: The digests of unique codes, without duplicates.
    /// - Throws: `invitesTooMany`; a fault of the store.
    package func invite(_ digests: [ByteText], days: Int) async throws -> Int64 {
        let now = clock()
        try await store.commit(reading: [.invites, .newestTimestamp]) { facts in
            let now = max(now, facts.newestTimestamp)
            let expired = facts.invites.filter { $0.expiresAt <= now }.map(\.digest)
            return (expired.isEmpty ? nil : .invitesRemoved(expired), ())
        }
        return try await store.commit(reading: [.invites, .newestTimestamp]) { facts in
            guard facts.invites.count + digests.count <= Self.invitesMax else {
                throw ChatFault.invitesTooMany
            }
            // The box may start in 1970, so the current time is never earlier than the newest
            // message.
            let expiresAt =
                max(now, facts.newestTimestamp) + Int64(days) * Self.millisecondsPerDay
            return (
                .invitesAdded(digests.map { Invite(digest: $0, expiresAt: expiresAt) }), expiresAt
            )
        }
    }

    /// Returns all unused invitations, the first to expire first.
    package func invites() async throws -> [Invite] {
        try await store.invites()
    }

    /// Removes the invitations whose digest has this prefix. Returns their number.
    package func revokeInvites(_ beginning: ByteText) async throws -> Int {
        try await store.commit(reading: [.invites]) { facts in
            let digests = facts.invites.map(\.digest).filter {
                $0.utf8.starts(with: beginning.utf8)
            }
            return (digests.isEmpty ? nil : .invitesRemoved(digests), digests.count)
        }
    }
}
