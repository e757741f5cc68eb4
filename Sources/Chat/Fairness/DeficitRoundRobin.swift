import Storage

/// Decides which call begins next, when the calls of many users wait for a few slots.
///
/// It is deficit round robin by bytes, in which new users go first (RFC 8290 §4.2, FQ-CoDel). Each
/// user has a credit. A user whose credit is above zero may begin a call. The call's bytes are
/// subtracted once they are known. A user without credit gets a quantum and goes to the end of the
/// round.
///
/// A user with few calls is therefore served next, however many calls of others wait. A user with
/// large calls waits as many rounds as they cost.
struct DeficitRoundRobin<Call>: ~Copyable {
    /// Identifies a call in one queue.
    typealias Number = UInt64

    private struct WaitingCall {
        let number: Number
        let call: Call
    }

    private final class Member {
        enum Place {
            case nowhere, newcomers, round
            /// The user has as many calls under way as allowed. The member is in neither list until
            /// one of them ends.
            case full
        }

        let user: UserID
        var place = Place.nowhere
        var credit: Int
        var small = FIFO<WaitingCall>()
        var large = FIFO<WaitingCall>()
        var smallInARow = 0
        /// The number of calls under way.
        var callCount = 0

        init(_ user: UserID, credit: Int) {
            self.user = user
            self.credit = credit
        }

        var waitingCount: Int { small.count + large.count }

        /// Removes the next call. Small calls precede large ones, but no large call waits for ever.
        func popFirst(_ limits: FairLimits) -> Call? {
            let isLarge =
                small.isEmpty || !large.isEmpty && smallInARow >= limits.smallInARowMax
            smallInARow = isLarge ? 0 : smallInARow + 1
            return isLarge ? large.popFirst()?.call : small.popFirst()?.call
        }
    }

    private let limits: FairLimits
    /// The users with a call that waits or is under way, and users that still have a place in a
    /// list.
    private var members: [UserID: Member] = [:]
    private var newcomers = FIFO<Member>()
    private var round = FIFO<Member>()
    private var lastNumber: Number = 0
    private(set) var waitingCount = 0
    /// The number of calls under way.
    private(set) var callCount = 0

    init(_ limits: FairLimits) {
        self.limits = limits
    }

    /// The number of users that the queue remembers.
    var memberCount: Int { members.count }

    // MARK: Events

    /// Begins a call at once and returns true. Returns false if another call waits or no slot is
    /// free. Add the call then.
    mutating func beginAtOnce(of user: UserID) -> Bool {
        guard waitingCount == 0, callCount < limits.callsMax else { return false }
        let member = members[user] ?? Member(user, credit: limits.quantumBytes)
        if isFull(member) { return false }
        if member.callCount == 0 { members[user] = member }
        take(member)
        return true
    }

    /// Adds a call and returns its number. Returns nil if too many calls of the user wait already.
    /// A large call is never refused, because it continues an answer that has begun.
    mutating func add(_ call: Call, of user: UserID, _ size: CallSize) -> Number? {
        let member = members[user] ?? Member(user, credit: limits.quantumBytes)
        guard size == .large || member.waitingCount < limits.waitingPerUserMax else { return nil }
        members[user] = member
        lastNumber += 1
        let waiting = WaitingCall(number: lastNumber, call: call)
        switch size {
        case .small: member.small.append(waiting)
        case .large: member.large.append(waiting)
        }
        waitingCount += 1
        if member.place == .nowhere { enlist(member) }
        return lastNumber
    }

    /// Removes and returns the call that begins now, or nil if none can. Call it after each event
    /// until it returns nil.
    mutating func begin() -> Call? {
        guard waitingCount > 0, callCount < limits.callsMax else { return nil }
        while let member = newcomers.first ?? round.first {
            if member.credit <= 0 {
                member.credit += limits.quantumBytes
                move(member, to: .round)
            } else if member.waitingCount == 0 {
                // A newcomer without calls stays for one round. Otherwise it would be a newcomer
                // again at once.
                let stays = member.place == .newcomers && !round.isEmpty
                move(member, to: stays ? .round : .nowhere)
            } else if isFull(member) {
                move(member, to: .full)
            } else {
                take(member)
                waitingCount -= 1
                return member.popFirst(limits)
            }
        }
        return nil
    }

    /// Subtracts the bytes of a call under way from the user's credit.
    mutating func charge(_ bytes: Int, to user: UserID) {
        members[user]?.credit -= bytes
    }

    /// Ends a call under way.
    mutating func end(of user: UserID) {
        guard let member = members[user] else { return }
        member.callCount -= 1
        callCount -= 1
        if member.place == .full { move(member, to: .round) }
        if waitingCount == 0 { forgetAll() }
        forget(member)
    }

    /// Removes a waiting call. Returns it, or nil if it has begun.
    mutating func remove(_ number: Number, of user: UserID) -> Call? {
        guard let member = members[user] else { return nil }
        let waiting =
            member.small.remove { $0.number == number }
            ?? member.large.remove { $0.number == number }
        guard let waiting else { return nil }
        waitingCount -= 1
        if waitingCount == 0 { forgetAll() }
        return waiting.call
    }

    // MARK: Lists

    /// Gives the member a slot.
    private mutating func take(_ member: Member) {
        member.callCount += 1
        member.credit -= limits.callBytes
        callCount += 1
    }

    private func isFull(_ member: Member) -> Bool {
        member.callCount >= limits.callsPerUserMax
    }

    /// Adds a member to a list. A user with calls under way is no newcomer.
    private mutating func enlist(_ member: Member) {
        if member.callCount == 0 {
            member.place = .newcomers
            newcomers.append(member)
        } else {
            member.place = .round
            round.append(member)
        }
    }

    /// Moves the member from the head of its list, if it is in one, to another place.
    private mutating func move(_ member: Member, to place: Member.Place) {
        switch member.place {
        case .newcomers: _ = newcomers.popFirst()
        case .round: _ = round.popFirst()
        case .nowhere, .full: break
        }
        member.place = place
        switch place {
        case .round: round.append(member)
        case .newcomers: newcomers.append(member)
        case .nowhere: forget(member)
        case .full: break
        }
    }

    /// Empties both lists, because no call waits for a turn.
    private mutating func forgetAll() {
        while let member = newcomers.popFirst() ?? round.popFirst() {
            member.place = .nowhere
            forget(member)
        }
    }

    private mutating func forget(_ member: Member) {
        guard member.place == .nowhere, member.callCount == 0, member.waitingCount == 0 else {
            return
        }
        members[member.user] = nil
    }
}

/// The class of a call, which decides its place among the calls of its user.
package enum CallSize: Sendable {
    case small
    /// The call continues an answer that has begun: a later page of a long history.
    case large
}

/// The limits of calls under way and of waiting calls, in all and for one user.
package struct FairLimits: Sendable {
    var callsMax: Int
    var callsPerUserMax: Int
    /// The largest number of waiting calls of a user. A further small call is refused.
    var waitingPerUserMax: Int
    /// The bytes that a user's calls may have in each round.
    var quantumBytes: Int
    /// The bytes that every call counts in addition to its own, because an empty call has a cost
    /// too.
    var callBytes: Int
    /// The largest number of small calls of a user that precede a waiting large one.
    var smallInARowMax = 3
}
