import Encoding
import Storage
import Testing

@testable import Chat

@Suite struct MessageTimeTests {
    private static let last: Int64 = 9_007_199_254_740_991
    private static let present: Int64 = 1_800_000_000_000
    private static let talk = Conversation(UserID("a"), UserID("b"))

    /// A store in which `a` and `b` have met these times, and `a` and `c` those.
    private struct Times: Draft {
        var newest: Int64?
        var newestTimestamp: Int64
        let knownKeys: [Int: ByteText] = [:]
        let messageCount = 0
        let invites: [Invite] = []

        func user(_ id: UserID) -> User? { nil }
        func hasUser(_ id: UserID) -> Bool { true }
        func user(named name: ByteText) -> User? { nil }
        func nameTaken(_ name: ByteText) -> Bool { false }
        func areFriends(_ one: UserID, _ other: UserID) -> Bool { true }
        func lastTimestamp(in conversation: Conversation) -> Int64? { newest }
        func isUsed(_ id: MessageID) -> Bool { false }
        func invite(_ digest: ByteText) -> Invite? { nil }
    }

    private func next(_ newest: Int64?, _ all: Int64, _ clock: Int64) throws(ChatFault) -> Int64 {
        try MessageTime.next(
            in: Self.talk, at: clock, Times(newest: newest, newestTimestamp: all))
    }

    @Test func `a time is the clock's and later than all before it`() throws {
        #expect(try next(nil, 0, Self.present) == Self.present)
        #expect(try next(Self.present, Self.present, Self.present) == Self.present + 1)
        #expect(try next(Self.present + 9, Self.present + 9, Self.present) == Self.present + 10)
        #expect(try next(Self.last - 1, Self.last - 1, Self.present) == Self.last)
        #expect(try next(.min, 0, Self.present) == Self.present)
    }

    @Test(arguments: [last, last + 1, .max - 1, .max])
    func `after the last time there is none`(newest: Int64) {
        for clock in [Int64.min, 0, Self.present, Self.last, .max] {
            #expect(throws: ChatFault.timestampsExhausted) { try next(newest, Self.last, clock) }
        }
    }

    @Test func `one conversation with the last time stops no other`() throws {
        for clock in [Int64.min, 0, 1000] {
            #expect(try next(nil, Self.present, clock) == Self.present + 1)
            #expect(try next(5000, Self.last, clock) == 5001)
            #expect(try next(nil, .max, clock) == max(1, clock))
        }
    }

    @Test func `a clock beyond the last time shows none`() throws {
        for clock in [Self.last + 1, .max] { #expect(try next(5000, 5000, clock) == 5001) }
        #expect(try next(5000, 5000, Self.last) == Self.last)
    }

    @Test func `no three integers end the process`() {
        let extremes: [Int64] = [
            .min, .min + 1, -1, 0, 1, Self.present, Self.last - 1, Self.last, Self.last + 1,
            .max - 1, .max,
        ]
        for newest in extremes {
            for all in extremes {
                for clock in extremes {
                    guard let time = try? next(newest, all, clock) else { continue }
                    #expect(time > newest && StoredMessage.timestamps.contains(time))
                }
            }
        }
    }
}

@Suite struct EpochTests {
    @Test(arguments: [Int.min, .min + 1, -(1 << 53), -5, 0, 1, 1 << 53, .max])
    func `an epoch that ends is another and still tells who set the password`(old: Int) {
        let next = Epoch.ending(old)
        #expect(next != old && Epoch.isOfEarlierSystem(next) == Epoch.isOfEarlierSystem(old))
        #expect(next.magnitude < 1 << 53)
        #expect((1..<(1 << 53)).contains(Epoch.fresh(after: old)))
    }
}
