import Storage

/// Decides whose call begins next, where the calls of many users wait for a few slots.
///
/// Deficit round robin by bytes, in which users who come anew go first (RFC 8290 §4.2, FQ-CoDel).
/// Each user has a credit. A user whose credit is above zero may begin a call; the call's bytes are
/// subtracted once they are known. A user without credit is given a quantum and goes to the
/// end of the round. A user who asks seldom is therefore served next, however many calls of others
/// wait, and a user of large calls waits as many rounds as they cost.
struct DeficitRoundRobin<Call>: ~Copyable {
    /// Tells the calls of one queue apart.
    typealias Number = UInt64

    private struct Waiting {
        let number: Number
        let call: Call
    }

    private final class Member {
        enum Place {
            case nowhere, newcomers, round
            /// As much of this user's is under way as may: in neither list until some of it ends.
            case full
        }

        let user: UserID
        var place = Place.nowhere
        var credit: Int
        var small = FIFO<Waiting>()
        var large = FIFO<Waiting>()
        var smallInARow = 0
        /// Calls under way.
        var callCount = 0

        init(_ user: UserID, credit: Int) {
            self.user = user
            self.credit = credit
        }

        var waitingCount: Int { small.count + large.count }

        /// Small calls go before large ones, but no large one waits for ever.
        func popFirst(_ limits: FairLimits) -> Call? {
            let isLarge =
                small.isEmpty || !large.isEmpty && smallInARow >= limits.smallInARowMax
            smallInARow = isLarge ? 0 : smallInARow + 1
            return isLarge ? large.popFirst()?.call : small.popFirst()?.call
        }
    }

    private let limits: FairLimits
    /// Those with a call that waits or is under way, and those whose turn has not passed since.
    private var members: [UserID: Member] = [:]
    private var newcomers = FIFO<Member>()
    private var round = FIFO<Member>()
    private var lastNumber: Number = 0
    private(set) var waitingCount = 0
    /// Calls under way.
    private(set) var callCount = 0

    init(_ limits: FairLimits) {
        self.limits = limits
    }

    /// How many users it remembers.
    var memberCount: Int { members.count }

    // MARK: Events

    /// A call has come. Returns whether it begins at once, which it may where nobody waits; else
    /// it is to be added.
    mutating func beginAtOnce(of user: UserID) -> Bool {
        guard waitingCount == 0, callCount < limits.callsMax else { return false }
        let member = members[user] ?? Member(user, credit: limits.quantumBytes)
        if isFull(member) { return false }
        if member.callCount == 0 { members[user] = member }
        take(member)
        return true
    }

    /// A call has come. Returns its number, or nil where so many of the user's wait already that
    /// it is refused; one that goes on with what was begun is never refused.
    mutating func add(_ call: Call, of user: UserID, _ size: CallSize) -> Number? {
        let member = members[user] ?? Member(user, credit: limits.quantumBytes)
        guard size == .large || member.waitingCount < limits.waitingPerUserMax else { return nil }
        members[user] = member
        lastNumber += 1
        let waiting = Waiting(number: lastNumber, call: call)
        switch size {
        case .small: member.small.append(waiting)
        case .large: member.large.append(waiting)
        }
        waitingCount += 1
        if member.place == .nowhere { enlist(member) }
        return lastNumber
    }

    /// Takes out the call that begins now; nil where none waits, or none may. To be asked again
    /// after each event until it has no more.
    mutating func begin() -> Call? {
        guard waitingCount > 0, callCount < limits.callsMax else { return nil }
        while let member = newcomers.first ?? round.first {
            if member.credit <= 0 {
                member.credit += limits.quantumBytes
                move(member, to: .round)
            } else if member.waitingCount == 0 {
                // A newcomer stays for one round, or it would be a newcomer again at once.
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

    /// A call under way has turned out to be of so many bytes.
    mutating func charge(_ bytes: Int, to user: UserID) {
        members[user]?.credit -= bytes
    }

    /// A call under way has ended.
    mutating func end(of user: UserID) {
        guard let member = members[user] else { return }
        member.callCount -= 1
        callCount -= 1
        if member.place == .full { move(member, to: .round) }
        if waitingCount == 0 { forgetAll() }
        forget(member)
    }

    /// A call that waits is given up. Returns it, or nil where it has begun.
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

    /// A user with something under way has not come anew.
    private mutating func enlist(_ member: Member) {
        if member.callCount == 0 {
            member.place = .newcomers
            newcomers.append(member)
        } else {
            member.place = .round
            round.append(member)
        }
    }

    /// Takes the member from the head of its list, if it is in one, to another place.
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

    /// Where nobody waits there are no turns.
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

/// Whether a call is served before the other ones of its user.
package enum CallSize: Sendable {
    case small
    /// Goes on with what was begun: a later page of a long answer.
    case large
}

/// How much may be under way and wait, in all and of one user.
package struct FairLimits: Sendable {
    var callsMax: Int
    var callsPerUserMax: Int
    /// One more is refused.
    var waitingPerUserMax: Int
    /// What a user's calls may have in each round of those who wait.
    var quantumBytes: Int
    /// What every call counts as beside its bytes, since an empty one costs something too.
    var callBytes: Int
    /// As many small calls of a user at most go before a large one that waits.
    var smallInARowMax = 3
}
