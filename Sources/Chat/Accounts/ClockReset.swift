package import Storage

/// Lowers the store's newest timestamp after the clock was ahead. Sessions expire by the later of
/// that timestamp and the clock.
///
/// All sessions end first, because a token that was signed at the later time would be valid until
/// then. A crash in between keeps the later time, and the reset can run again.
package enum ClockReset {
    private static let usersAtOnce = 500

    /// Returns the number of users whose sessions have ended.
    ///
    /// - Parameters:
    ///   - store: A store without log-ins meanwhile.
    ///   - now: In milliseconds since 1970.
    package static func run(_ store: any StoreAdministration, now: Int64) async throws -> Int {
        let users = try await store.users()
        for start in stride(from: 0, to: users.count, by: usersAtOnce) {
            // The changes of a batch run together, so that they share an fsync.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for user in users[start..<min(start + usersAtOnce, users.count)] {
                    group.addTask { try await endSessions(of: user.id, store) }
                }
                try await group.waitForAll()
            }
        }
        try await store.lowerClock(to: now)
        return users.count
    }

    private static func endSessions(of id: UserID, _ store: any StoreAdministration) async throws {
        try await store.commit(reading: [.user(id)]) { facts in
            guard var user = facts.user(id) else { return (nil, ()) }
            user.epoch = Epoch.ending(user.epoch)
            return (.userChanged(user), ())
        }
    }
}
