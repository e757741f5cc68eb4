import Encoding
import EventLoop
import Storage

/// Writers that commit one message after the other, with the store's upkeep beside them.
struct Sending: Sendable {
    let writers: Int
    let count: Int
    let textCharacters: Int

    func measure(_ folder: String, _ loop: EventLoop) async throws {
        let store = try await Main.open(folder, loop)
        let before = Process.numbers(in: "io", ["wchar", "write_bytes"])
        let start = MonotonicClock.seconds
        let (latencies, seconds) = try await withThrowingTaskGroup(of: Latencies?.self) { group in
            group.addTask(executorPreference: loop) {
                await store.maintain()
                return nil
            }
            for writer in 0..<writers {
                group.addTask(executorPreference: loop) { try await write(as: writer, to: store) }
            }
            var all = Latencies()
            for _ in 0..<writers { if let more = try await group.next() ?? nil { all.add(more) } }
            let seconds = MonotonicClock.seconds - start
            await store.close()
            group.cancelAll()
            return (all, seconds)
        }
        let after = Process.numbers(in: "io", ["wchar", "write_bytes"])
        let (one, other) = Sample.members(of: 0)
        // As it stands in db.json, its comma and newline left out.
        let record =
            "{'id':'','senderId':'','receiverId':'','content':'','timestamp':}".utf8.count + 36
            + one.text.utf8.count + other.text.utf8.count
            + Sample.content(textCharacters: textCharacters).utf8.count + 13
        func written(_ name: String) -> Int { (after[name] ?? 0) - (before[name] ?? 0) }
        print(
            "rate=\(Int(Double(latencies.all.count) / seconds)) "
                + "median=\(latencies.percentile(50)) p99=\(latencies.percentile(99)) "
                + "record=\(record * latencies.all.count) wchar=\(written("wchar")) "
                + "write_bytes=\(written("write_bytes"))")
    }

    private func write(as writer: Int, to store: JSONStore) async throws -> Latencies {
        var latencies = Latencies()
        for number in 0..<(count / writers) {
            let pair = Sample.members(of: (writer * 7919 + number * 31) % Sample.conversations)
            try await latencies.measure {
                try await Sample.add(
                    to: store, from: pair.0, to: pair.1, textCharacters: textCharacters)
            }
        }
        return latencies
    }
}
