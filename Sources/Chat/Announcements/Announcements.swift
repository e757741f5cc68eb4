package import EventLoop
package import Storage

/// A message that is to be announced to its receiver, without the message.
package struct Announcement: Hashable, Sendable {
    package let sender: UserID
    package let receiver: UserID

    package init(from sender: UserID, to receiver: UserID) {
        self.sender = sender
        self.receiver = receiver
    }
}

/// Notes who polls and who reads, and collects the announcements to make. Its calls are cheap and
/// never suspend, because polls and sends make them.
package final class Announcements: Sendable {
    /// The largest number of announcements that wait to be looked at. Further ones are dropped.
    package static let waitingMax = 1_000

    private final class State {
        var policy = AnnouncementPolicy()
        var waiting: [Announcement] = []
        var known: Set<Announcement> = []
        var wake: (@Sendable () -> Void)?
        /// Whether other processes announce too. They then agree by the store.
        var isShared = false
        /// Conversations that were read here, of which other processes do not know.
        var reads: Set<Announcement> = []
    }

    /// The largest number of conversations whose reading waits to be told.
    private static let readsMax = 10_000

    private let loop: EventLoop
    private let state: LoopBound<State>
    /// Whether anybody listens. Otherwise only polls are noted.
    private let isOn: Bool

    package init(isOn: Bool, loop: EventLoop) {
        self.isOn = isOn
        self.loop = loop
        state = LoopBound(State(), to: loop)
    }

    /// Calls `wake` whenever an announcement waits.
    package func onWaiting(_ wake: @escaping @Sendable () -> Void) { state.value.wake = wake }

    /// Notes that a poll of the user was answered at once.
    package func polled(by user: UserID) {
        state.value.policy.polled(by: user, at: loop.now)
    }

    /// Notes that a poll of the user is held. The user is present until it ends.
    package func pollIsHeld(of user: UserID) {
        state.value.policy.pollIsHeld(of: user, at: loop.now)
    }

    package func heldPollEnded(of user: UserID) {
        state.value.policy.heldPollEnded(of: user, at: loop.now)
    }

    /// Returns how long ago the user's last poll was, or nil if none is known.
    package func timeSincePoll(of user: UserID) -> Duration? {
        state.value.policy.lastPoll(of: user, at: loop.now).map { loop.now - $0 }
    }

    /// Notes that the reader has read the conversation with the friend.
    package func read(by reader: UserID, with friend: UserID) {
        guard isOn else { return }
        let state = state.value
        state.policy.read(by: reader, with: friend)
        guard state.isShared, state.reads.count < Self.readsMax else { return }
        state.reads.insert(Announcement(from: friend, to: reader))
    }

    // MARK: Other processes

    /// Has other processes asked before an announcement.
    package func share() { state.value.isShared = true }

    /// Removes and returns the conversations that were read since the last call.
    package func takeReads() -> Set<Announcement> {
        let state = state.value
        defer { state.reads = [] }
        return state.reads
    }

    /// See `AnnouncementPolicy.takeUntoldPolls`.
    package func takeUntoldPolls() -> [(user: UserID, age: Duration)] {
        state.value.policy.takeUntoldPolls(at: loop.now)
    }

    /// Notes that a message was stored. Its receiver may have to be told.
    package func stored(_ message: StoredMessage) {
        guard isOn, message.senderId != message.receiverId else { return }
        let state = state.value
        let announcement = Announcement(from: message.senderId, to: message.receiverId)
        guard state.waiting.count < Self.waitingMax, isDue(announcement),
            state.known.insert(announcement).inserted
        else { return }
        state.waiting.append(announcement)
        state.wake?()
    }

    /// Removes and returns the announcements that wait.
    package func takeWaiting() -> [Announcement] {
        let state = state.value
        defer {
            state.waiting = []
            state.known = []
        }
        return state.waiting.filter(isDue)
    }

    /// Returns whether the receiver is away and was not told yet.
    private func isDue(_ announcement: Announcement) -> Bool {
        let state = state.value
        if state.isShared { return state.policy.isAway(announcement.receiver, at: loop.now) }
        return state.policy.announces(announcement, at: loop.now)
    }

    /// Notes that the receiver is being told. Further messages are not announced until the
    /// conversation is read.
    package func announced(_ announcement: Announcement) {
        state.value.policy.announced(announcement)
    }

    /// Notes that a browser was told.
    package func reached(_ announcement: Announcement) {
        state.value.policy.reached(announcement)
    }

    /// Notes that no further attempt is made. Unless a browser was told, the next message is
    /// announced. Returns whether no browser was told.
    package func ended(_ announcement: Announcement) -> Bool {
        state.value.policy.ended(announcement)
    }

    /// Returns whether the receiver, who was told, has not read the conversation since.
    package func isUnread(_ announcement: Announcement) -> Bool {
        state.value.policy.isAnnounced(announcement)
    }
}
