import Chat
import EventLoop
import HTTP
import Storage

/// The polls that wait for a change of their users' friends lists. A change costs only the polls of
/// the users whom it concerns.
final class HeldPolls: Sendable {
    /// The largest number of held polls of one user.
    static let perUserMax = 2

    private final class State {
        var polls: [UserID: [Entry]] = [:]
        var count = 0
        var lastNumber = 0
    }

    private struct Entry {
        let number: Int
        /// Nil until the connection waits.
        var handle: WakeHandle?
        /// Whether the list has changed since the poll was taken in.
        var isDue = false
    }

    private let loop: EventLoop
    private let countMax: Int
    private let state: LoopBound<State>
    private let announcements: Announcements

    /// - Parameters:
    ///   - countMax: 0 turns holding off.
    ///   - announcements: Learns who is present.
    init(countMax: Int, announcements: Announcements, loop: EventLoop) {
        self.announcements = announcements
        self.countMax = countMax
        self.loop = loop
        state = LoopBound(State(), to: loop)
    }

    /// Notes that a poll of the user is answered at once.
    func answered(_ user: UserID) { announcements.polled(by: user) }

    /// Takes in a poll, or returns nil if there are too many. A change from now on wakes it.
    func hold(_ user: UserID, for time: Duration) -> HeldPoll? {
        let state = state.value
        guard state.count < countMax, state.polls[user, default: []].count < Self.perUserMax else {
            return nil
        }
        state.lastNumber += 1
        state.count += 1
        state.polls[user, default: []].append(Entry(number: state.lastNumber))
        announcements.pollIsHeld(of: user)
        return HeldPoll(state.lastNumber, user, until: loop.now + time, in: self)
    }

    /// Wakes the polls of a user whose list has changed.
    func listChanged(of user: UserID) {
        let state = state.value
        guard let index = state.polls.index(forKey: user) else { return }
        for place in state.polls.values[index].indices {
            state.polls.values[index][place].isDue = true
            state.polls.values[index][place].handle?.wake()
        }
    }

    fileprivate func begin(_ poll: HeldPoll, _ handle: WakeHandle) {
        let state = state.value
        guard let place = state.polls[poll.user]?.firstIndex(where: { $0.number == poll.number })
        else { return }
        state.polls[poll.user]?[place].handle = handle
        if state.polls[poll.user]?[place].isDue == true { handle.wake() }
    }

    fileprivate func end(_ poll: HeldPoll) {
        let state = state.value
        guard let place = state.polls[poll.user]?.firstIndex(where: { $0.number == poll.number })
        else { return }
        state.count -= 1
        announcements.heldPollEnded(of: poll.user)
        state.polls[poll.user]?.remove(at: place)
        if state.polls[poll.user]?.isEmpty == true { state.polls[poll.user] = nil }
    }
}

/// The place of one poll in `HeldPolls`. `end` gives it back.
final class HeldPoll: HeldResponse {
    fileprivate let number: Int
    fileprivate let user: UserID
    let deadline: MonotonicTime
    private let polls: HeldPolls

    fileprivate init(
        _ number: Int, _ user: UserID, until deadline: MonotonicTime, in polls: HeldPolls
    ) {
        self.number = number
        self.user = user
        self.deadline = deadline
        self.polls = polls
    }

    func begin(_ handle: WakeHandle) { polls.begin(self, handle) }
    func end() { polls.end(self) }
}
