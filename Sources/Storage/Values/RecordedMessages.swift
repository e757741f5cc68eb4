/// Messages as their records have them: who only passes them on undoes no text, and counts no
/// reference for each.
package struct RecordedMessages: Sendable {
    /// Records that were read at once, with the bytes in which their texts stand.
    package struct Run: Sendable {
        package let bytes: [UInt8]
        /// Their texts are checked.
        package let records: [MessageRecord]
    }

    /// In the order in which the messages were asked for.
    package private(set) var runs: [Run] = []
    package private(set) var count = 0
    /// Whether there are more of those asked for, which `bytesMax` kept out.
    package var isCut = false

    package init() {}

    /// The same as if they had been read.
    package init(_ messages: [StoredMessage]) {
        for message in messages {
            let json = MessageRecord.json(message)
            do {
                try append(Run(bytes: json, records: [MessageRecord(of: json.span)]))
            } catch {
                preconditionFailure("what is written can be read: \(error)")
            }
        }
    }

    mutating func append(_ run: Run) {
        runs.append(run)
        count += run.records.count
    }

    mutating func append(_ others: RecordedMessages) {
        runs += others.runs
        count += others.count
        isCut = isCut || others.isCut
    }

    package var isEmpty: Bool { count == 0 }

    /// How many bytes the records have.
    package var byteCount: Int { runs.reduce(0) { $0 + $1.bytes.count } }

    /// With their texts undone.
    package var messages: [StoredMessage] {
        runs.flatMap { run in run.records.map { $0.message(in: run.bytes.span) } }
    }
}
