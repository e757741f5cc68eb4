import Encoding
import Storage
import TestSupport

/// Pages of a conversation, and scans of everything.
enum PageCases {
    static let all = [
        StoreCase("a page is cut by cursor and limit", cutsByCursor),
        StoreCase("a page holds as many bytes as it may and one message at least", cutsByBytes),
        StoreCase("any page is what a plain list says", isAsPlainList),
        StoreCase("a scan comes by every message once, in any limit", scansAll),
        StoreCase("a scan loses nothing that stays while others come and go", scansWhileWriting),
    ]

    private static let talk = Conversation(.ana, .budi)

    @Sendable private static func cutsByCursor(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        for time in 1...20 as ClosedRange<Int64> {
            let (sender, receiver) = time % 2 == 0 ? (UserID.ana, UserID.budi) : (.budi, .ana)
            try await store.add("m\(time)", from: sender, to: receiver, at: time * 10)
        }
        let cases: [(Int64?, Int64?, Int, Bool, [Int64])] = [
            (nil, nil, 500, true, Array(1...20)), (nil, nil, 3, true, [18, 19, 20]),
            (nil, nil, 3, false, [1, 2, 3]), (50, nil, 3, false, [6, 7, 8]),
            (55, nil, 100, true, Array(6...20)), (nil, 50, 2, true, [3, 4]),
            (50, 100, 100, true, [6, 7, 8, 9]), (200, nil, 5, true, []), (nil, 10, 5, true, []),
            (100, 50, 5, true, []), (.min, .max, 500, false, Array(1...20)),
            (.max, .min, 5, true, []), (nil, nil, 0, true, []), (nil, nil, -1, false, []),
            (nil, nil, .min, true, []), (nil, nil, .max, false, Array(1...20)),
        ]
        for (after, before, limit, keepsNewest, expected) in cases {
            let range = MessageRange(
                after: after, before: before, limit: limit, keepsNewest: keepsNewest)
            let page = try await store.messages(in: talk, range)
            try expect("\(range)", page.messages.map { $0.timestamp / 10 }, is: expected)
            try expect("the count of \(range)", page.count, is: expected.count)
            try expect(!page.isCut, "the limit is what cuts \(range)")
        }
    }

    @Sendable private static func cutsByBytes(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await store.addFriends()
        let lengths = [100, 100, 100, 5_000, 100, 100]
        for (time, length) in lengths.enumerated() {
            try await store.add(
                "m\(time)", from: .ana, to: .budi, at: Int64(time + 1),
                content: ByteText(String(repeating: "x", count: length)))
        }
        // The request: the limit, whether the newest are wanted, the limit in bytes. The answer:
        // the messages, and whether the limit in bytes cut them.
        let cases: [(Int, Bool, Int, [Int64], Bool)] = [
            (500, false, 1_000, [1, 2, 3], true), (2, false, 1_000, [1, 2], false),
            (3, true, 1_000, [4], true), (2, true, 1_000, [5, 6], false),
            (500, false, 1, [1], true), (500, false, 0, [1], true),
            (500, false, .max, [1, 2, 3, 4, 5, 6], false), (5, true, 5_700, [2, 3, 4, 5], true),
        ]
        for (limit, keepsNewest, bytesMax, expected, isCut) in cases {
            let range = MessageRange(limit: limit, keepsNewest: keepsNewest, bytesMax: bytesMax)
            let page = try await store.messages(in: talk, range)
            try expect("\(range)", page.messages.map(\.timestamp), is: expected)
            try expect("whether \(range) is cut", page.isCut, is: isCut)
        }
    }

    /// Reads what two people write to each other, and others beside them, in random pages.
    @Sendable private static func isAsPlainList(_ fixture: any StoreFixture) async throws {
        var random = SeededGenerator()
        let seed = random.seed
        var store = try await fixture.open()
        try await store.addFriends()
        var list: [StoredMessage] = []
        var time: Int64 = 0
        for number in 0..<150 {
            time += Int64.random(in: 1...20, using: &random)
            let receiver = [UserID.budi, .budi, .ana].randomElement(using: &random) ?? .budi
            let message = StoredMessage(
                "m\(number)", from: .ana, to: receiver, at: time,
                content: ByteText(
                    String(repeating: "x", count: Int.random(in: 0..<300, using: &random))))
            try await store.commit(.messageAdded(message))
            if receiver == .budi { list.append(message) }
        }
        for round in 0..<200 {
            if round == 100 { store = try await fixture.restart() }
            let range = MessageRange.random(upTo: time, using: &random)
            let page = try await store.messages(in: talk, range)
            let (expected, isCut) = range.page(of: list)
            try expect("seed \(seed), \(range)", page.messages, is: expected)
            try expect("seed \(seed), whether \(range) is cut", page.isCut, is: isCut)
        }
    }

    /// Adds messages `m0` and on, to Budi and Citra in turns.
    private static func addSixty(to store: any ChatStore) async throws {
        try await store.add(.ana, .budi, .citra)
        for number in 0..<60 {
            let receiver: UserID = number % 2 == 0 ? .budi : .citra
            try await store.add("m\(number)", from: .ana, to: receiver, at: Int64(number))
        }
    }

    @Sendable private static func scansAll(_ fixture: any StoreFixture) async throws {
        var store = try await fixture.open()
        try await addSixty(to: store)
        try await store.commit(.userRemoved(.citra))
        let expected = (0..<60).filter { $0 % 2 == 0 }.map { "m\($0)" }.sorted()
        for round in ["at once", "after a restart"] {
            for limit in [1, 2, 3, 7, 29, 30, 31, 500, 501, .max] {
                let found = try await store.scanned(limit: limit).map(\.id.text.string)
                try expect("\(limit) at a time \(round)", found.sorted(), is: expected)
            }
            store = try await fixture.restart()
        }
    }

    @Sendable private static func scansWhileWriting(_ fixture: any StoreFixture) async throws {
        let store = try await fixture.open()
        try await addSixty(to: store)
        var found: [String] = []
        var cursor: ScanCursor?
        var calls = 0
        repeat {
            let (messages, next) = try await store.scan(after: cursor, limit: 7)
            found += messages.filter { $0.timestamp < 60 && $0.receiverId == .budi }
                .map(\.id.text.string)
            cursor = next
            calls += 1
            if calls == 3 { try await store.commit(.userRemoved(.citra)) }
            // Each may take the place of one that went.
            if calls <= 20 {
                try await store.add("n\(calls)", from: .ana, to: .budi, at: 100 + Int64(calls))
            }
        } while cursor != nil
        let expected = (0..<60).filter { $0 % 2 == 0 }.map { "m\($0)" }.sorted()
        try expect("those that stayed", found.sorted(), is: expected)
    }
}

extension MessageRange {
    fileprivate static func random(upTo time: Int64, using random: inout SeededGenerator)
        -> MessageRange
    {
        func bound() -> Int64? {
            Bool.random(using: &random) ? nil : Int64.random(in: -5...time + 5, using: &random)
        }
        return MessageRange(
            after: bound(), before: bound(), limit: Int.random(in: 0...160, using: &random),
            keepsNewest: Bool.random(using: &random),
            bytesMax: Bool.random(using: &random)
                ? .max : Int.random(in: 0...20_000, using: &random))
    }

    /// Returns the page of a whole conversation, and whether the limit in bytes cut it.
    fileprivate func page(of all: [StoredMessage]) -> ([StoredMessage], isCut: Bool) {
        var wanted = all
        if let after { wanted.removeAll { $0.timestamp <= after } }
        if let before { wanted.removeAll { $0.timestamp >= before } }
        wanted = Array(keepsNewest ? wanted.suffix(limit) : wanted.prefix(limit))
        var page: [StoredMessage] = []
        var bytes = 0
        for message in wanted {
            bytes += RecordedMessages([message]).byteCount
            if bytes > bytesMax, !page.isEmpty { return (page, true) }
            page.append(message)
        }
        return (page, false)
    }
}
