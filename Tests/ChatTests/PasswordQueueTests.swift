import Encoding
import EventLoop
import Glibc
import Storage
import Testing
import TestSupport

@testable import Chat

/// A queue before one thread, as on a box with two cores.
private actor Desk {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private let queue: PasswordQueue

    init(_ workers: WorkerPool, attemptsPerMinute: Int, loop: EventLoop) {
        self.loop = loop
        queue = PasswordQueue(workers: workers, attemptsPerMinute: attemptsPerMinute)
    }

    func check(_ attempt: Attempt, isRight: Bool) async throws -> Bool {
        try await queue.check(attempt, isRight: \.self) {
            usleep(1000)
            return isRight
        }
    }

    func run(_ attempt: Attempt) async throws {
        _ = try await queue.run(attempt) { usleep(1000) }
    }
}

/// The outcome of an attempt.
private enum Outcome: Hashable {
    case right, wrong, busy, tooMany
}

@Suite struct PasswordQueueTests {
    private func withDesk(
        attemptsPerMinute: Int,
        _ body: @escaping @Sendable (Desk, EventLoop) async throws -> Void
    ) throws {
        let loop = try EventLoop()
        let workers = WorkerPool(threads: 1, waitingMax: 0)
        defer { workers.stop() }
        try loop.run {
            try await body(Desk(workers, attemptsPerMinute: attemptsPerMinute, loop: loop), loop)
        }
    }

    private static func outcome(
        _ desk: Desk, _ attempt: Attempt, isRight: Bool
    ) async -> Outcome {
        do {
            return try await desk.check(attempt, isRight: isRight) ? .right : .wrong
        } catch ChatFault.busy {
            return .busy
        } catch ChatFault.tooManyAttempts(let wait) {
            #expect(wait > .zero && wait <= .seconds(60))
            return .tooMany
        } catch {
            Issue.record("\(error)")
            return .busy
        }
    }

    private static func network(_ number: UInt32) -> Network {
        Network(of: .ipv4(number, port: 0))
    }

    private static func counts(_ outcomes: [Outcome]) -> [Outcome: Int] {
        Dictionary(outcomes.map { ($0, 1) }, uniquingKeysWith: +)
    }

    @Test func `forty users behind one address login at once`() throws {
        try withDesk(attemptsPerMinute: 20) { desk, loop in
            let outcomes = await withTaskGroup(of: Outcome.self) { group in
                for pupil in 0..<40 {
                    group.addTask(executorPreference: loop) {
                        await Self.outcome(
                            desk, .logIn(username: "murid\(pupil)", from: .home), isRight: true)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Self.counts(outcomes) == [.right: 40])
        }
    }

    @Test func `concurrent guesses are checked only at the allowed rate`() throws {
        try withDesk(attemptsPerMinute: 5) { desk, loop in
            let outcomes = await withTaskGroup(of: Outcome.self) { group in
                for guess in 0..<30 {
                    group.addTask(executorPreference: loop) {
                        await Self.outcome(
                            desk, .logIn(username: "nama\(guess)", from: .home), isRight: false)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Self.counts(outcomes) == [.wrong: 5, .tooMany: 25])
            let elsewhere = Attempt.logIn(username: "nama1", from: .elsewhere)
            #expect(await Self.outcome(desk, elsewhere, isRight: true) == .right)
        }
    }

    @Test func `an account does not get its own attempts back`() throws {
        try withDesk(attemptsPerMinute: 3) { desk, _ in
            var outcomes: [Outcome] = []
            for name in ["siti", "SITI", " siti ", "siti", "budi"] as [ByteText] {
                let attempt = Attempt.logIn(username: name, from: .home)
                outcomes.append(await Self.outcome(desk, attempt, isRight: true))
            }
            #expect(outcomes == [.right, .right, .right, .tooMany, .right])
        }
    }

    @Test func `requests of signed-in users do not use up the logins of others`() throws {
        try withDesk(attemptsPerMinute: 2) { desk, _ in
            let own = Attempt.ownAccount(of: UserID("id-siti"), from: .home)
            var outcomes: [Outcome] = []
            for _ in 0..<3 { outcomes.append(await Self.outcome(desk, own, isRight: false)) }
            #expect(outcomes == [.wrong, .wrong, .tooMany])
            let logIn = Attempt.logIn(username: "budi", from: .home)
            #expect(await Self.outcome(desk, logIn, isRight: true) == .right)
        }
    }

    @Test func `a login gets every second turn`() throws {
        try withDesk(attemptsPerMinute: 0) { desk, loop in
            let order = Shared<[String]>([])
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<60 as Range<UInt32> {
                    group.addTask(executorPreference: loop) {
                        try? await desk.run(
                            .registration(username: "x", from: Self.network(number)))
                        order.value.append("registration")
                    }
                    group.addTask(executorPreference: loop) {
                        try? await desk.run(.ownAccount(of: UserID("id-\(number)"), from: .home))
                        order.value.append("change")
                    }
                }
                for pupil in 0..<10 {
                    group.addTask(executorPreference: loop) {
                        try? await desk.run(.logIn(username: "murid\(pupil)", from: .home))
                        order.value.append("log-in")
                    }
                }
            }
            let turns = order.value
            #expect(turns.count == 130)
            let last = try #require(turns.lastIndex(of: "log-in"))
            #expect(last <= 22, "half of the turns are log-ins while any wait")
        }
    }

    @Test func `above the limit only the longest queue is refused`() throws {
        try withDesk(attemptsPerMinute: 0) { desk, loop in
            let outcomes = await withTaskGroup(of: (Bool, Outcome).self) { group in
                for _ in 0..<500 {
                    group.addTask(executorPreference: loop) {
                        (
                            true,
                            await Self.outcome(
                                desk, .logIn(username: "siti", from: .home), isRight: false)
                        )
                    }
                }
                for pupil in 0..<20 {
                    group.addTask(executorPreference: loop) {
                        (
                            false,
                            await Self.outcome(
                                desk, .logIn(username: "murid\(pupil)", from: .elsewhere),
                                isRight: true)
                        )
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let guesses = Self.counts(outcomes.filter { $0.0 }.map { $0.1 })
            #expect(guesses[.busy, default: 0] > 400)
            #expect(Self.counts(outcomes.filter { !$0.0 }.map { $0.1 }) == [.right: 20])
        }
    }

    @Test func `a cancelled attempt leaves the queue`() throws {
        try withDesk(attemptsPerMinute: 0) { desk, loop in
            let outcomes = await withTaskGroup(of: Outcome.self) { group in
                for pupil in 0..<60 {
                    group.addTask(executorPreference: loop) {
                        await Self.outcome(
                            desk, .logIn(username: "murid\(pupil)", from: .home), isRight: true)
                    }
                }
                // The first one has its turn.
                let first = await group.next()
                group.cancelAll()
                return await group.reduce(into: [first]) { $0.append($1) }.compactMap { $0 }
            }
            #expect(Self.counts(outcomes)[.busy, default: 0] >= 50)
            let after = Attempt.logIn(username: "siti", from: .home)
            #expect(await Self.outcome(desk, after, isRight: true) == .right)
        }
    }

    @Test func `an IPv6 customer counts as one client, and IPv4-mapped addresses count as IPv4`()
        throws
    {
        func network(_ text: String) throws -> Network {
            Network(of: try #require(SocketAddress(numeric: text, port: 1)))
        }
        #expect(try network("2001:db8::1") == network("2001:db8::ffff:1"))
        #expect(try network("2001:db8::1") != network("2001:db8:0:1::1"))
        #expect(try network("::ffff:192.0.2.1") == network("192.0.2.1"))
        #expect(try network("192.0.2.1") != network("192.0.2.2"))
    }

    @Test func `zero disables the throttle`() throws {
        try withDesk(attemptsPerMinute: 0) { desk, _ in
            let attempt = Attempt.logIn(username: "siti", from: .home)
            for _ in 0..<100 {
                #expect(await Self.outcome(desk, attempt, isRight: false) == .wrong)
            }
        }
    }
}
