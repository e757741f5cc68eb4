internal import EventLoop

/// A conversation that takes no more messages, because its newest message has the last timestamp
/// there is. A later one is possible too: an earlier version of `ChatCore store accept` let it
/// pass.
package struct ExhaustedConversation: Sendable, Equatable {
    /// The largest number of listed conversations.
    static let listedMax = 10

    /// The newest message.
    package let message: MessageID
    package let timestamp: Int64
    /// The file and offset of the message's record.
    package let file: String
    package let offset: Int64

    /// Returns the first exhausted conversations, and the number of all. It reads the record of
    /// each that it returns.
    static func all(
        in index: borrowing Index, _ generation: Generation
    ) -> (listed: [ExhaustedConversation], count: Int) {
        var listed: [ExhaustedConversation] = []
        var count = 0
        for conversation in index.conversations.indices {
            guard let number = index.conversations.last(of: conversation),
                index.messages.timestamp(of: number) >= StoredMessage.timestamps.upperBound
            else { continue }
            count += 1
            guard listed.count < listedMax else { continue }
            let address = index.messages.address(of: number)
            var record: [UInt8] = []
            // An unreadable record is skipped here. The caller that reads the message reports it.
            guard
                (try? generation.file(of: address).read(
                    address.length, at: Int64(address.offset), appendingTo: &record)) != nil,
                let message = try? MessageRecord(of: record.span)
            else { continue }
            listed.append(
                ExhaustedConversation(
                    message: message.message(in: record.span).id, timestamp: message.timestamp,
                    file: generation.name(of: address), offset: Int64(address.offset)))
        }
        return (listed, count)
    }
}

extension ExhaustedConversation: CustomStringConvertible {
    /// The problem and its remedy, in one line.
    package var description: String {
        "message \(message) at byte \(offset) of \(file) has the timestamp \(timestamp), after "
            + "which its conversation takes no more: run `ChatCore store fold` on the stopped "
            + "server, lower the timestamp in db.json, and run `ChatCore store accept`"
    }
}
