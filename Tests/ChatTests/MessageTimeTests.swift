import Encoding
import Storage
import Testing

@testable import Chat

@Suite struct MessageTimeTests {
    private static let last: Int64 = 9_007_199_254_740_991
    private static let present: Int64 = 1_800_000_000_000
    private func next(_ newest: Int64?, _ all: Int64, _ clock: Int64) throws(ChatFault) -> Int64 {
        try MessageTime.next(after: newest, newest: all, at: clock)
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
