internal import EventLoop

/// The counts of all users for an operator, gathered in short steps, so that requests are answered
/// in between. Nothing is read from the disk.
extension JSONStore {
    /// The number of conversations or users of a step, which takes about a millisecond.
    private static let stepCount = 4_096

    package func activities() async -> [UserActivity] {
        let memory = memory.value
        var tallies = ActivityTallies()
        var start: UInt32 = 0
        while start < memory.conversationEnd {
            start = memory.tally(from: start, count: Self.stepCount, into: &tallies)
            await Task.yield()
        }
        var found: [UserActivity] = []
        var place = 0
        while place < memory.userEnd {
            found += memory.activities(from: place, count: Self.stepCount, tallies)
            place += Self.stepCount
            await Task.yield()
        }
        return found
    }

    package func activity(of id: UserID) async -> UserActivity? {
        await activities().first { $0.id == id }
    }
}

/// Sums over conversations, by the numbers of their users.
struct ActivityTallies {
    struct Tally {
        var messages = 0
        var bytes: Int64 = 0
        var firstAt: Int64?
        var lastAt: Int64?

        mutating func begins(at time: Int64) { firstAt = min(firstAt ?? time, time) }
        mutating func reaches(_ time: Int64) { lastAt = max(lastAt ?? time, time) }
    }

    private var tallies: [Tally] = []

    func tally(of user: Int) -> Tally { user < tallies.count ? tallies[user] : Tally() }

    mutating func add(to user: UInt32, _ body: (inout Tally) -> Void) {
        while tallies.count <= user { tallies.append(Tally()) }
        body(&tallies[Int(user)])
    }
}

extension MemoryState {
    var conversationEnd: UInt32 { index.conversations.indices.upperBound }
    var userEnd: Int { index.users.slots.count }

    /// Counts some conversations, and returns where to go on.
    func tally(from start: UInt32, count: Int, into tallies: inout ActivityTallies) -> UInt32 {
        let end = min(start + UInt32(count), conversationEnd)
        for conversation in start..<end { index.tally(conversation, into: &tallies) }
        return end
    }

    func activities(
        from start: Int, count: Int, _ tallies: ActivityTallies
    ) -> [UserActivity] {
        let slots = index.users.slots
        return (start..<min(start + count, slots.count)).compactMap { number in
            let slot = slots[number]
            guard slot.isPresent else { return nil }
            let tally = tallies.tally(of: number)
            var activity = UserActivity(
                id: slot.id, username: slot.username,
                isDisabled: User.isDisabled(password: slot.password),
                friendCount: slot.contacts.count, bytes: tally.bytes)
            activity.messageCount = tally.messages
            activity.begins(at: tally.firstAt)
            activity.reaches(tally.lastAt)
            return activity
        }
    }
}

extension Index {
    /// The messages of a conversation that are looked at for the last one of each user.
    private static let lookedBackMax = 64

    fileprivate func tally(_ conversation: UInt32, into tallies: inout ActivityTallies) {
        let (first, second) = (
            conversations.first(of: conversation), conversations.second(of: conversation)
        )
        let pair = rows.pair(conversation)
        let read = reads.pair(conversation)
        let count = conversations.count(of: conversation)
        let began =
            count > 0
            ? messages.timestamp(of: conversations.number(0, in: conversation))
            : nil
        for (user, isSecond) in first == second
            ? [(first, false)] : [(first, false), (second, true)]
        {
            tallies.add(to: user) { tally in
                tally.messages += conversations.count(in: conversation, fromSecond: isSecond)
                tally.bytes += conversations.bytes(in: conversation, fromSecond: isSecond)
                if pair.adding != .unknown { tally.begins(at: pair.addedAt) }
                if let began { tally.begins(at: began) }
                let readUpTo = read.upTo(forSecond: isSecond)
                if readUpTo > 0 { tally.reaches(readUpTo) }
            }
        }
        for number in conversations.numbers(
            max(0, count - Self.lookedBackMax)..<count, in: conversation)
        {
            tallies.add(to: messages.isFromSecond(number) ? second : first) {
                $0.reaches(messages.timestamp(of: number))
            }
        }
    }
}
