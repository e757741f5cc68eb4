import Encoding
import EventLoop
import Storage
import Synchronization
import Testing
import TestSupport

@testable import Chat

@Suite struct FairSlotsTests {
    private static let limits = FairLimits(
        callsMax: 2, callsPerUserMax: 1, waitingPerUserMax: 3, quantumBytes: 1_000,
        callBytes: 100)

    /// Calls that have begun, and end when they are told to.
    private final class Calls: Sendable {
        private let state = Mutex<(begun: [String], ended: Set<String>)>(([], []))
        let slots: FairSlots
        let loop: EventLoop

        init(_ loop: EventLoop) {
            slots = FairSlots(FairSlotsTests.limits, loop: loop)
            self.loop = loop
        }

        var begun: [String] { state.withLock { $0.begun } }

        func end(_ call: String) { state.withLock { _ = $0.ended.insert(call) } }

        /// Runs until it is ended; throws what became of it.
        func run(_ call: String, of user: UserID, _ size: CallSize = .small) async throws {
            try await slots.during(for: user, size) { charge in
                charge(100)
                state.withLock { $0.begun.append(call) }
                while !state.withLock({ $0.ended.contains(call) }) {
                    try await loop.sleep(for: .milliseconds(1))
                }
            }
        }
    }

    private static func withCalls(
        _ body:
            @escaping @Sendable (Calls, inout ThrowingTaskGroup<Void, any Error>) async throws
            -> Void
    ) throws {
        let loop = try EventLoop()
        try loop.run {
            let calls = Calls(loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await body(calls, &group)
                try await group.waitForAll()
            }
        }
    }

    private static let (siti, budi, tono) = (UserID("siti"), UserID("budi"), UserID("tono"))

    @Test func `a call waits for a slot, and nobody waits behind one user's calls`() throws {
        try Self.withCalls { calls, group in
            for call in ["s1", "s2", "s3"] {
                group.addTask(executorPreference: calls.loop) {
                    try await calls.run(call, of: Self.siti)
                }
            }
            try await calls.loop.eventually { calls.begun == ["s1"] }
            group.addTask(executorPreference: calls.loop) {
                try await calls.run("b1", of: Self.budi)
            }
            try await calls.loop.eventually { calls.begun == ["s1", "b1"] }
            for (call, next) in [("s1", "s2"), ("s2", "s3")] {
                calls.end(call)
                try await calls.loop.eventually { calls.begun.last == next }
            }
            for call in ["s3", "b1"] { calls.end(call) }
        }
    }

    @Test func `who has too many waiting is told that the server is busy, and others are not`()
        throws
    {
        try Self.withCalls { calls, group in
            for call in ["s1", "s2", "s3", "s4"] {
                group.addTask(executorPreference: calls.loop) {
                    try await calls.run(call, of: Self.siti)
                }
            }
            try await calls.loop.eventually { calls.begun == ["s1"] }
            await #expect(throws: VaultFault.busy) { try await calls.run("s5", of: Self.siti) }
            group.addTask(executorPreference: calls.loop) {
                try await calls.run("s6", of: Self.siti, .large)
            }
            group.addTask(executorPreference: calls.loop) {
                try await calls.run("b1", of: Self.budi)
            }
            try await calls.loop.eventually { calls.begun == ["s1", "b1"] }
            for call in ["s1", "s2", "s3", "s4", "s6", "b1"] { calls.end(call) }
        }
    }

    @Test func `a call that fails or is cancelled lets go of its slot`() throws {
        struct Failure: Error {}
        try Self.withCalls { calls, group in
            for _ in 0..<4 {
                await #expect(throws: Failure.self) {
                    try await calls.slots.during(for: Self.siti) { _ in throw Failure() }
                }
            }
            for (call, user) in [("s1", Self.siti), ("b1", Self.budi)] {
                group.addTask(executorPreference: calls.loop) {
                    try await calls.run(call, of: user)
                }
            }
            try await calls.loop.eventually { calls.begun == ["s1", "b1"] }
            try await withThrowingTaskGroup(of: Void.self) { inner in
                inner.addTask(executorPreference: calls.loop) {
                    try await calls.run("t1", of: Self.tono)
                }
                try await calls.loop.sleep(for: .milliseconds(5))
                inner.cancelAll()
                await #expect(throws: VaultFault.unavailable("cancelled")) {
                    try await inner.next()
                }
            }
            for call in ["s1", "b1"] { calls.end(call) }
            for (call, user) in [("t2", Self.tono), ("s2", Self.siti)] {
                calls.end(call)
                try await calls.run(call, of: user)
            }
            #expect(calls.begun == ["s1", "b1", "t2", "s2"])
        }
    }
}
