package import Encoding
package import Storage

/// What the operator may do about invitations.
extension Accounts {
    /// How many may wait to be used.
    package static let invitesMax = 1_000
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// Adds invitations, and removes those that have expired. Returns when the new ones expire, in
    /// milliseconds since 1970.
    ///
    /// - Parameter digests: Of codes that nobody else has; none stands there twice.
    /// - Throws: `invitesTooMany`; what the store throws.
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
            // The box may start in 1970: the time that counts is never behind the newest message.
            let expiresAt =
                max(now, facts.newestTimestamp) + Int64(days) * Self.millisecondsPerDay
            return (
                .invitesAdded(digests.map { Invite(digest: $0, expiresAt: expiresAt) }), expiresAt
            )
        }
    }

    /// All that nobody used, those that expire first before the others.
    package func invites() async throws -> [Invite] {
        try await store.invites()
    }

    /// Removes the invitations whose digest begins so. Returns how many there were.
    package func revokeInvites(_ beginning: ByteText) async throws -> Int {
        try await store.commit(reading: [.invites]) { facts in
            let digests = facts.invites.map(\.digest).filter {
                $0.utf8.starts(with: beginning.utf8)
            }
            return (digests.isEmpty ? nil : .invitesRemoved(digests), digests.count)
        }
    }
}
