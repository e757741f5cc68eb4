import Testing

@testable import EventLoop

@Suite struct MonotonicTimeTests {
    private static let moments: [Int64] = [.min, -1, 0, 1, 1_000_000_000, .max - 1, .max]

    @Test func `a duration is added to the nanosecond`() {
        let time = MonotonicTime(nanoseconds: 5)
        #expect((time + .nanoseconds(7)).nanoseconds == 12)
        #expect((time + .seconds(2)).nanoseconds == 2_000_000_005)
        #expect((time + .milliseconds(-1)).nanoseconds == -999_995)
        #expect(time + .seconds(3) - time == .seconds(3))
    }

    @Test(arguments: moments)
    func `a sum out of range is the last moment or the first`(nanoseconds: Int64) {
        let time = MonotonicTime(nanoseconds: nanoseconds)
        for seconds in [.max, .max / 1_000_000_000 + 1] as [Int64] {
            #expect(time + .seconds(seconds) >= time)
            #expect(time + .seconds(-seconds) <= time)
        }
        #expect((time + .seconds(Int64.max)).nanoseconds == .max)
        #expect((time + .seconds(Int64.min)).nanoseconds == .min)
        for other in Self.moments { _ = time - MonotonicTime(nanoseconds: other) }
    }

    @Test func `an endless sleep ends when it is cancelled`() throws {
        let loop = try EventLoop()
        try loop.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for seconds in [.max, .max / 1_000_000_000] as [Int64] {
                    group.addTask(executorPreference: loop) {
                        try await loop.sleep(for: .seconds(seconds))
                        Issue.record("it woke")
                    }
                }
                try await loop.sleep(for: .milliseconds(5))
                group.cancelAll()
            }
        }
    }
}
