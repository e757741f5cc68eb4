package import EventLoop
package import Storage

/// Decides which messages are announced to closed pages.
///
/// A person who has polled within `quietTime` sees the message in the page. Another is told once
/// for each conversation, until they have read it. If no browser could be told, the next message
/// tries again. Nothing here outlives the process: after a restart a person may be told once more.
package struct AnnouncementPolicy {
    /// A person counts as present this long after the end of their last poll.
    package static let quietTime: Duration = .seconds(20)
    /// Beyond this, conversations that were announced are forgotten.
    private static let announcedCountMax = 100_000
    /// Beyond this, the times of people who are gone are forgotten.
    private static let departuresMax = 100_000

    private struct Presence {
        var heldPolls = 0
        var lastEnd: MonotonicTime
        /// The time up to which other processes know of the polls.
        var toldAt: MonotonicTime?
    }

    /// The pause between two notes of one person's polls to other processes.
    private static let tellPause = Duration.seconds(15)

    private var present: [UserID: Presence] = [:]
    /// Whether each has reached a browser.
    private var announced: [Announcement: Bool] = [:]
    private var nextCleaning: MonotonicTime?
    /// The ends of the last polls of people who are gone.
    private var departures: [UserID: MonotonicTime] = [:]

    package init() {}

    /// Notes that a poll of the user was answered at once.
    package mutating func polled(by user: UserID, at now: MonotonicTime) {
        present[user, default: Presence(lastEnd: now)].lastEnd = now
        clean(at: now)
    }

    /// Notes that a poll of the user is held. The user is present until it ends.
    package mutating func pollIsHeld(of user: UserID, at now: MonotonicTime) {
        present[user, default: Presence(lastEnd: now)].heldPolls += 1
    }

    package mutating func heldPollEnded(of user: UserID, at now: MonotonicTime) {
        present[user]?.heldPolls -= 1
        present[user]?.lastEnd = now
        clean(at: now)
    }

    /// Returns the time of the user's last poll, or nil if none is known.
    package func lastPoll(of user: UserID, at now: MonotonicTime) -> MonotonicTime? {
        guard let presence = present[user] else { return departures[user] }
        return presence.heldPolls > 0 ? now : presence.lastEnd
    }

    /// Returns whether the receiver is to be told of a message from the sender.
    package func announces(_ announcement: Announcement, at now: MonotonicTime) -> Bool {
        isAway(announcement.receiver, at: now) && !isAnnounced(announcement)
    }

    /// Returns whether the user does not poll here.
    package func isAway(_ user: UserID, at now: MonotonicTime) -> Bool {
        present[user].map { !Self.isPresent($0, at: now) } ?? true
    }

    /// Returns the users who have polled since other processes were told, and the time since then.
    /// One user is in it at most once in `tellPause`. The caller tells the processes.
    package mutating func takeUntoldPolls(
        at now: MonotonicTime
    ) -> [(user: UserID, age: Duration)] {
        var ages: [(user: UserID, age: Duration)] = []
        for (user, presence) in present {
            if let toldAt = presence.toldAt {
                guard now - toldAt >= Self.tellPause,
                    presence.heldPolls > 0 || presence.lastEnd > toldAt
                else { continue }
            }
            present[user]?.toldAt = now
            ages.append((user, presence.heldPolls > 0 ? .zero : now - presence.lastEnd))
        }
        return ages
    }

    /// Returns whether the receiver was told of this sender's messages and has not read them since.
    package func isAnnounced(_ announcement: Announcement) -> Bool {
        announced[announcement] != nil
    }

    /// Notes that the receiver is being told, so that further messages are not announced.
    package mutating func announced(_ announcement: Announcement) {
        if announced.count >= Self.announcedCountMax { announced.removeAll() }
        announced[announcement] = false
    }

    /// Notes that a browser was told.
    package mutating func reached(_ announcement: Announcement) {
        if announced[announcement] != nil { announced[announcement] = true }
    }

    /// Notes that no further attempt is made. Unless a browser was told, the next message is
    /// announced. Returns whether no browser was told.
    @discardableResult
    package mutating func ended(_ announcement: Announcement) -> Bool {
        guard announced[announcement] == false else { return false }
        announced[announcement] = nil
        return true
    }

    /// Notes that the reader has read the conversation with the friend.
    package mutating func read(by reader: UserID, with friend: UserID) {
        announced[Announcement(from: friend, to: reader)] = nil
    }

    private static func isPresent(_ presence: Presence, at now: MonotonicTime) -> Bool {
        presence.heldPolls > 0 || now - presence.lastEnd < quietTime
    }

    /// Forgets people who are gone, now and then, so that a poll pays for no pass over all.
    private mutating func clean(at now: MonotonicTime) {
        guard now >= nextCleaning ?? now else { return }
        nextCleaning = now + Self.quietTime
        for (user, presence) in present where !Self.isPresent(presence, at: now) {
            if departures.count >= Self.departuresMax { departures.removeAll() }
            departures[user] = presence.lastEnd
            present[user] = nil
        }
    }
}
