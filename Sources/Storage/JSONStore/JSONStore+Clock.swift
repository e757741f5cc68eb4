internal import EventLoop

/// Messages that a clock which was ahead has dated, or an earlier system.
package struct FutureMessages: Sendable, Equatable {
    /// How many are listed; the others are like them.
    static let listedMax = 10

    package let listed: [MessageID]
    package let count: Int
}

extension JSONStore {
    /// The messages that are later than a time, in milliseconds since 1970.
    package func messages(laterThan latest: Int64) async throws(StorageFault) -> FutureMessages {
        var numbers: [UInt32] = []
        var count = 0
        for conversation in ledger.index.conversations.indices {
            let all = ledger.index.conversations.count(of: conversation)
            let first = ledger.index.rank(after: latest, in: conversation)
            count += all - first
            let left = max(0, FutureMessages.listedMax - numbers.count)
            numbers += ledger.index.conversations.numbers(
                first..<min(all, first + left), in: conversation)
        }
        var listed: [MessageID] = []
        for number in numbers {
            listed += try await scan(after: ScanCursor(Int64(number)), limit: 1).messages.map(\.id)
        }
        return FutureMessages(listed: listed, count: count)
    }

    /// Lowers the time that nothing may be judged to be before, and writes it to `db.json`.
    /// Messages keep their timestamps, and those that follow them stay later. Sessions are to have
    /// ended before: tokens of the later time would outlive it.
    package func lowerClock(to timestamp: Int64) async throws(StorageFault) {
        if let group = queue.last ?? inFlight { try await settle(group) }
        ledger.lowerNewestTimestamp(to: timestamp)
        try await fold()
    }
}
