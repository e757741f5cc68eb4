import Encoding
import EventLoop
import Glibc
import Logging
import Storage

/// Measures one thing in a process of its own and prints `name=value` words; `script/bench-store`
/// makes a table of them.
///
///     StoreBench create FOLDER MESSAGES               a store of that many, written at once
///     StoreBench open FOLDER                          seconds until it answers, and memory
///     StoreBench send FOLDER WRITERS COUNT CHARACTERS commits, and the bytes written for them
///     StoreBench read FOLDER COUNT                    history reads with limit=50
@main enum Main {
    static func main() throws {
        let words = CommandLine.arguments.dropFirst()
        guard let verb = words.first, let folder = words.dropFirst().first else {
            print("usage: StoreBench create|open|send|read FOLDER …")
            exit(2)
        }
        let numbers = words.dropFirst(2).compactMap { Int($0) }
        let loop = try EventLoop()
        try loop.run {
            switch (verb, numbers.count) {
            case ("create", 1): try await create(folder, messages: numbers[0])
            case ("open", 0): try await measureOpening(folder, loop)
            case ("send", 3):
                try await Sending(
                    writers: numbers[0], count: numbers[1], textCharacters: numbers[2]
                ).measure(folder, loop)
            case ("read", 1): try await measureReading(folder, loop, count: numbers[0])
            default:
                print("usage: StoreBench create|open|send|read FOLDER …")
                exit(2)
            }
        }
    }

    private static func create(_ folder: String, messages count: Int) async throws {
        let construction = try await StoreConstruction.begin(
            in: StoreFolder(folder), users: Sample.users, keys: [1: "bench"], latest: nil,
            holding: nil)
        var messages = SampleMessages(count: count).makeIterator()
        while true {
            var some: [StoredMessage] = []
            while some.count < 10_000, let message = messages.next() { some.append(message) }
            if some.isEmpty { break }
            try await construction.add(some)
        }
        try await construction.finish()
    }

    static func open(_ folder: String, _ loop: EventLoop) async throws -> JSONStore {
        var logger = Logger(label: "bench", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .error
        return try await JSONStore.open(folder: folder, loop: loop, logger: logger)
    }

    private static func measureOpening(_ folder: String, _ loop: EventLoop) async throws {
        let start = MonotonicClock.seconds
        let store = try await open(folder, loop)
        let seconds = MonotonicClock.seconds - start
        let memory = Process.numbers(in: "status", ["VmRSS", "RssAnon", "VmHWM"])
        let messages = await store.messageCount
        print(
            "messages=\(messages) seconds=\(seconds) rss=\(memory["VmRSS"] ?? 0) "
                + "anonymous=\(memory["RssAnon"] ?? 0) peak=\(memory["VmHWM"] ?? 0)")
    }

    /// Of one conversation whose messages lie together, then of random ones, whose messages are
    /// scattered over the file.
    private static func measureReading(
        _ folder: String, _ loop: EventLoop, count: Int
    ) async throws {
        let store = try await open(folder, loop)
        try await Sample.addConversation(to: store)
        var together = Latencies()
        var scattered = Latencies()
        for number in 0..<count {
            try await together.measure {
                let found = try await store.messages(
                    in: Sample.conversation(0), MessageRange(limit: 50, keepsNewest: true))
                precondition(found.count == 50)
            }
            try await scattered.measure {
                _ = try await store.messages(
                    in: Sample.conversation(1 + number * 7919 % (Sample.conversations - 1)),
                    MessageRange(limit: 50, keepsNewest: true))
            }
        }
        print(
            "median=\(together.percentile(50)) p99=\(together.percentile(99)) "
                + "scattered=\(scattered.percentile(50)) scattered99=\(scattered.percentile(99))")
        // No fold: the store is to stay as it was made.
        exit(0)
    }
}
