import Chat
import Encoding
import EventLoop
import HTTP
import Program
import Storage

/// Answers the control socket's questions about people, from the store's counts and from the polls
/// and limits of this process.
struct People: Sendable {
    let accounts: Accounts
    let store: any StoreAdministration
    let services: Services
    /// Filters and sorts, so that requests are answered meanwhile.
    let worker: WorkerPool

    func list(_ query: PeopleQuery) async throws -> [UserActivity] {
        let users = try await store.activities().map(current)
        do { return try await worker.run { query.select(from: users) } } catch {
            throw ControlFault.refused("the server is busy with searches; try again")
        }
    }

    /// - Parameter name: The user's name, or the id, which is what log lines hold.
    func activity(named name: ByteText) async throws -> UserActivity {
        let known = try await store.knownID(UserID(name))
        let id = if let known { known } else { try await accounts.user(exactly: name).id }
        guard let activity = try await store.activity(of: id) else {
            throw ChatFault.userNotFound
        }
        return current(activity)
    }

    /// Returns all whom a limit has refused lately, those with the most refusals first.
    func limited() async -> [LimitedUse] {
        let uses =
            await services.messages.limited + services.friends.limited + accounts.limited
            + services.markers.limited + services.subscriptions.limited
        return uses.sorted { $0.refusals > $1.refusals }
    }

    /// Adds what the process knows: the day of the account's id, and the last poll.
    private func current(_ activity: UserActivity) -> UserActivity {
        var activity = activity
        if let day = RandomID.day(of: activity.id.text) { activity.firstAt = day }
        if let age = services.announcements.timeSincePoll(of: activity.id) {
            activity.reaches(WallClock.milliseconds - age.components.seconds * 1000)
        }
        return activity
    }
}

extension JSONWriter {
    /// Writes `{id, username, contacts, messages, bytes?, since?, seen?, disabled?}`. Times are
    /// days, such as `2026-01-31`.
    mutating func fields(of user: UserActivity) {
        field("id", user.id.text)
        field("username", user.username)
        field("contacts", user.friendCount)
        field("messages", user.messageCount)
        if let bytes = user.bytes { field("bytes", bytes) }
        if let time = user.firstAt { field("since", Self.day(time)) }
        if let time = user.lastAt { field("seen", Self.day(time)) }
        if user.isDisabled { field("disabled", true) }
    }

    /// Writes `{limit, refusals, wait?}`, with the wait in seconds.
    mutating func fields(of use: LimitedUse) {
        field("limit", use.limit.rawValue)
        field("refusals", use.refusals)
        if let wait = use.wait { field("wait", max(1, wait.components.seconds)) }
    }

    private static func day(_ milliseconds: Int64) -> String {
        String(WallClock.text(seconds: milliseconds / 1000).prefix { $0 != "T" })
    }
}
