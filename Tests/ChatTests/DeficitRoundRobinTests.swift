import Encoding
import Storage
import TestSupport
import Testing

@testable import Chat

@Suite struct DeficitRoundRobinTests {
    private static let limits = FairLimits(
        callsMax: 4, callsPerUserMax: 2, waitingPerUserMax: 6, quantumBytes: 1_000,
        callBytes: 100)

    /// Calls are named by their user and a number: `a1`.
    private struct Queue: ~Copyable {
        var queue: DeficitRoundRobin<String>
        var bytes: [Character: Int] = [:]

        init(_ limits: FairLimits = DeficitRoundRobinTests.limits) {
            queue = DeficitRoundRobin(limits)
        }

        static func user(_ call: String) -> UserID { UserID(ByteText(String(call.prefix(1)))) }

        /// Adds these calls; returns those that are refused.
        mutating func add(_ calls: String, _ size: CallSize = .small) -> String {
            calls.split(separator: " ").map(String.init).filter { call in
                queue.add(call, of: Self.user(call), size) == nil
            }.joined(separator: " ")
        }

        /// Lets begin what may; each is charged what its user's calls are of.
        mutating func begin() -> String {
            var begun: [String] = []
            while let call = queue.begin() {
                begun.append(call)
                charge(call)
            }
            return begun.joined(separator: " ")
        }

        mutating func end(_ calls: String) {
            for call in calls.split(separator: " ") { queue.end(of: Self.user(String(call))) }
        }

        /// One call after the other, each ended before the next begins, until none waits.
        mutating func serve() -> String {
            var served: [String] = []
            while let call = queue.begin() {
                served.append(call)
                charge(call)
                end(call)
            }
            return served.joined(separator: " ")
        }

        private mutating func charge(_ call: String) {
            queue.charge(bytes[call.first ?? "?"] ?? 900, to: Self.user(call))
        }
    }

    @Test func `calls begin while there are slots, and the rest as they end`() {
        var queue = Queue()
        var steps: [String] = []
        steps.append(queue.add("a1 a2 b1 b2 c1"))
        steps.append(queue.begin())
        steps.append(queue.begin())
        queue.end("a1")
        steps.append(queue.begin())
        #expect(steps == ["", "a1 b1 c1 a2", "", "b2"])
    }

    @Test func `of one user no more are under way than may, while slots are left for others`() {
        var queue = Queue()
        var steps: [String] = []
        steps.append(queue.add("a1 a2 a3 a4"))
        steps.append(queue.begin())
        steps.append(queue.add("b1"))
        steps.append(queue.begin())
        queue.end("a2")
        steps.append(queue.begin())
        #expect(steps == ["", "a1 a2", "", "b1", "a3"])
    }

    @Test func `what would begin without waiting begins at once`() {
        var queue = DeficitRoundRobin<String>(Self.limits)
        let users = [UserID("a"), UserID("a"), UserID("a"), UserID("b"), UserID("c"), UserID("d")]
        var begun: [Bool] = []
        for user in users { begun.append(queue.beginAtOnce(of: user)) }
        #expect(begun == [true, true, false, true, true, false])
        let number = queue.add("d", of: UserID("d"), .small)
        queue.end(of: UserID("b"))
        // Before those who wait nobody begins at once.
        let passes = queue.beginAtOnce(of: UserID("e"))
        let next = queue.begin()
        #expect(number != nil && !passes && next == "d")
    }

    @Test func `users take turns, however many calls each has`() {
        var limits = Self.limits
        limits.callsMax = 1
        var queue = Queue(limits)
        let refused = queue.add("a1 a2 a3 a4 b1 b2 c1 c2 c3")
        let served = queue.serve()
        #expect(refused.isEmpty && served == "a1 b1 c1 a2 b2 c2 a3 c3 a4")
    }

    @Test func `who comes anew is served next, once`() {
        var limits = Self.limits
        limits.callsMax = 1
        var queue = Queue(limits)
        var steps: [String] = []
        steps.append(queue.add("a1 a2 a3 b1 b2 b3"))
        for _ in 0..<3 {
            let call = queue.begin()
            steps.append(call)
            queue.end(call)
        }
        steps.append(queue.add("c1 c2"))
        steps.append(queue.serve())
        #expect(steps == ["", "a1", "b1", "a2", "", "c1 b2 c2 a3 b3"])
    }

    @Test func `a newcomer that comes again and again waits for its turn`() {
        var limits = Self.limits
        limits.callsMax = 1
        var queue = Queue(limits)
        queue.bytes["c"] = 400
        var served: [String] = []
        _ = queue.add("a1 a2 a3 b1 b2 b3 c0")
        for number in 1...8 {
            let call = queue.begin()
            served.append(call)
            queue.end(call)
            // Always with one call, and never with a second; a round is worth two of them.
            if call.first == "c" { _ = queue.add("c\(number)") }
        }
        #expect(String(served.compactMap(\.first)) == "abccabcc")
    }

    @Test func `a user of large calls waits as many rounds as they cost`() {
        var limits = Self.limits
        limits.callsMax = 1
        var queue = Queue(limits)
        queue.bytes = ["a": 2_900, "b": 900]
        _ = queue.add("a1 a2 a3 b1 b2 b3 b4 b5 b6")
        let served = queue.serve()
        #expect(served == "a1 b1 b2 b3 a2 b4 b5 b6 a3")
    }

    @Test func `of one user small calls go first, but no large one waits for ever`() {
        var limits = Self.limits
        limits.callsMax = 1
        var queue = Queue(limits)
        _ = queue.add("a1 a2", .large)
        _ = queue.add("a3 a4 a5 a6")
        let served = queue.serve()
        #expect(served == "a3 a4 a5 a1 a6 a2")
    }

    @Test func `too many calls of one user are refused, but those that go on and those of others`()
    {
        var queue = Queue()
        var steps: [String] = []
        steps.append(queue.add("a1 a2"))
        steps.append(queue.begin())
        steps.append(queue.add("a3 a4 a5 a6 a7 a8 a9"))
        steps.append(queue.add("aX", .large))
        steps.append(queue.add("b1"))
        #expect(steps == ["", "a1 a2", "a9", "", ""])
    }

    @Test func `a call that is given up is passed over, and one that has begun is not given up`() {
        var queue = DeficitRoundRobin<String>(Self.limits)
        let a = UserID("a")
        var numbers: [UInt64] = []
        for call in ["a1", "a2", "a3", "a4"] { numbers += [queue.add(call, of: a, .small) ?? 0] }
        let begun = [queue.begin(), queue.begin(), queue.begin()]
        let removed = [queue.remove(numbers[2], of: a), queue.remove(numbers[0], of: a)]
        queue.end(of: a)
        let next = [queue.begin(), queue.begin()]
        #expect(begun == ["a1", "a2", nil] && removed == ["a3", nil] && next == ["a4", nil])
    }

    @Test func `nothing is remembered of users who have gone`() {
        var queue = Queue()
        _ = queue.add("a1 a2 a3 b1 c1 d1 e1")
        let begun = queue.begin()
        queue.end(begun)
        let rest = queue.serve()
        let count = queue.queue.memberCount
        #expect(begun == "a1 b1 c1 d1" && rest == "e1 a2 a3" && count == 0)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func
        `whatever comes, limits hold, all are served, and who is backlogged gets as much as others`(
            seed: UInt64
        )
    {
        var random = SeededGenerator(seed: seed)
        var limits = Self.limits
        // Enough that a user's credit is used up, which is what is shared out.
        limits.callsPerUserMax = Int(3 + seed % 2)
        var queue = DeficitRoundRobin<Int>(limits)
        let users = (0..<8).map { UserID(ByteText("u\($0)")) }
        var underWay: [Int] = []
        var served = Array(repeating: 0, count: users.count)
        var added = Array(repeating: 0, count: users.count)
        var ended = added
        for step in 0..<4_000 {
            // The first two never have fewer calls than may wait.
            for user in 0..<2 {
                while queue.add(user, of: users[user], .small) != nil { added[user] += 1 }
            }
            let user = Int.random(in: 2..<8, using: &random)
            let size: CallSize = Bool.random(using: &random) ? .small : .large
            if queue.waitingCount < 40, queue.add(user, of: users[user], size) != nil {
                added[user] += 1
            }
            while let user = queue.begin() {
                // As a rule the credit is used up before as much is under way as may.
                let bytes = Int.random(in: 1...(user == 0 ? 4_000 : 1_400), using: &random)
                queue.charge(bytes, to: users[user])
                served[user] += bytes + limits.callBytes
                underWay.append(user)
            }
            let isWithin =
                underWay.count <= limits.callsMax
                && (0..<8).allSatisfy { user in
                    underWay.count { $0 == user } <= limits.callsPerUserMax
                }
            guard isWithin else {
                Issue.record("step \(step): \(underWay)")
                return
            }
            if let index = underWay.indices.randomElement(using: &random) {
                let user = underWay.remove(at: index)
                ended[user] += 1
                queue.end(of: users[user])
            }
        }
        #expect(abs(served[0] - served[1]) < 12_000, "\(served)")
        #expect(served[0] > 100_000)
        while let user = underWay.popLast() {
            ended[user] += 1
            queue.end(of: users[user])
            while let next = queue.begin() { underWay.append(next) }
        }
        let remembered = queue.memberCount
        #expect(ended == added && remembered == 0)
    }
}
