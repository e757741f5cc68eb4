import Encoding
import EventLoop
import Storage
import StoreConformance
import TestSupport
import Testing

@testable import Chat

/// Moves of read markers beyond the rate: few wait, and those of one row share a move.
@Suite struct ReadMarkersTests {
    private struct Scene {
        let rules: RulesFixture
        let markers: ReadMarkers
        let clock: ManualClock
        let siti: UserID
        let budi: UserID
        /// The timestamps of siti's messages to budi.
        let times: [Int64]

        func mark(_ number: Int) async throws {
            try await markers.markRead(siti, by: budi, upTo: times[number])
        }

        func marker() async throws -> Int64 {
            let (siti, budi) = (siti, budi)
            return try await rules.base.store.commit(
                reading: [.readUpTo(by: budi, with: siti)]
            ) { (nil, $0.readUpTo(by: budi, with: siti)) }
        }

        /// Marks at once, each in a task of its own. Calls `act` once so many are refused and all
        /// others wait. Returns how many were moved and refused.
        func markAll(
            _ numbers: [Int], refusing count: Int, _ act: @escaping @Sendable () -> Void
        ) async throws -> (moved: Int, refused: Int) {
            let refused = Shared(0)
            let moved = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in numbers {
                    group.addTask(executorPreference: rules.base.loop) {
                        do {
                            try await mark(number)
                            return 1
                        } catch ChatFault.tooManyAttempts(let wait) {
                            #expect(wait > .zero && wait <= .seconds(1))
                            refused.add(1)
                            return 0
                        }
                    }
                }
                try await rules.base.loop.eventually {
                    let waiting = await markers.waitingCounts[budi]
                    return refused.value == count && waiting == numbers.count - count
                }
                act()
                return try await group.reduce(0, +)
            }
            return (moved, refused.value)
        }
    }

    /// The clock stands, so that no token is regained. All tokens but `left` are taken.
    private func withScene(
        left: Int = 0, _ body: @escaping @Sendable (Scene) async throws -> Void
    ) throws {
        var quotas = Quotas()
        quotas.sendsPerMinute = 10_000
        try withRules(quotas: quotas) { [quotas] rules in
            let (siti, budi) = try await rules.friends("siti", "budi")
            let clock = ManualClock()
            let markers = ReadMarkers(
                store: rules.base.repeating, quotas: quotas, loop: rules.base.loop,
                now: { clock.now })
            var times: [Int64] = []
            for _ in 0..<ReadMarkers.movesMax + 40 {
                times.append(
                    try await rules.messages.send(from: siti, to: budi, "x", id: nil).timestamp)
            }
            let scene = Scene(
                rules: rules, markers: markers, clock: clock, siti: siti, budi: budi, times: times)
            for number in 0..<ReadMarkers.movesMax - left { try await scene.mark(number) }
            try await body(scene)
        }
    }

    @Test func `beyond the rate few requests wait, and further ones are refused`() throws {
        try withScene { scene in
            let (first, count) = (ReadMarkers.movesMax, ReadMarkers.waitingPerUserMax)
            let numbers = Array(first..<first + 30)
            let outcome = try await scene.markAll(numbers, refusing: 30 - count) {
                scene.clock.advance(by: .seconds(1))
            }
            #expect(outcome.moved == count && outcome.refused == 30 - count)
            // The places are free again.
            try await scene.mark(first + 31)
        }
    }

    @Test func `requests for one row share a move, which goes as far as the farthest`() throws {
        try withScene { scene in
            let first = ReadMarkers.movesMax
            let outcome = try await scene.markAll(
                [first + 5, first + 20, first + 1], refusing: 0
            ) {
                // One token.
                scene.clock.advance(by: .milliseconds(40))
            }
            #expect(outcome.moved == 3)
            #expect(try await scene.marker() == scene.times[first + 20])
        }
    }

    @Test func `a request that moves nothing never waits, however many tokens are taken`() throws {
        try withScene { scene in
            for number in 0..<100 { try await scene.mark(number) }
            await #expect(throws: ChatFault.userNotFound) {
                try await scene.markers.markRead(UserID("nobody"), by: scene.budi, upTo: 1)
            }
        }
    }

    @Test func `a request that moves nothing takes no token`() throws {
        try withScene(left: 1) { scene in
            for number in 0..<100 { try await scene.mark(number) }
            try await scene.mark(ReadMarkers.movesMax)
            #expect(try await scene.marker() == scene.times[ReadMarkers.movesMax])
        }
    }
}
