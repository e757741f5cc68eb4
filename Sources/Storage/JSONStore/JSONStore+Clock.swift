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
        try await reader.messages(laterThan: latest)
    }

    /// Lowers the time that nothing may be judged to be before, and writes it to `db.json`.
    /// Messages keep their timestamps, and those that follow them stay later. Sessions are to have
    /// ended before: tokens of the later time would outlive it.
    package func lowerClock(to timestamp: Int64) async throws {
        // Once what waits for the disk is on it.
        try await commit(reading: []) { _ in (nil, ()) }
        memory.here.lowerNewestTimestamp(to: timestamp)
        try await compaction.fold(evenWithoutChanges: true)
    }
}

extension RecordReader {
    /// See `JSONStore.messages(laterThan:)`.
    func messages(laterThan latest: Int64) async throws(StorageFault) -> FutureMessages {
        let (addresses, count) = memory.here.index.addresses(
            laterThan: latest, limit: FutureMessages.listedMax)
        return FutureMessages(listed: try await read(addresses).messages.map(\.id), count: count)
    }
}

extension Index {
    /// Where some of the messages lie that are later than a time, and how many there are.
    fileprivate func addresses(laterThan latest: Int64, limit: Int) -> ([Address], count: Int) {
        var addresses: [Address] = []
        var count = 0
        for conversation in conversations.indices {
            let all = conversations.count(of: conversation)
            let first = rank(after: latest, in: conversation)
            count += all - first
            let wanted = first..<min(all, first + max(0, limit - addresses.count))
            for number in conversations.numbers(wanted, in: conversation) {
                addresses.append(messages.address(of: number))
            }
        }
        return (addresses, count)
    }
}
