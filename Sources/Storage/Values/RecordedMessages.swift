package import Encoding

/// Messages as their records hold them. Passing them on decodes no text and counts no reference for
/// each message.
package struct RecordedMessages: Sendable {
    /// Records that one read returned, with the bytes that hold their texts.
    struct Run: Sendable {
        let bytes: [UInt8]
        /// The records, whose texts are checked.
        let records: [MessageRecord]

        init(bytes: [UInt8], records: [MessageRecord]) {
            self.bytes = bytes
            self.records = records
        }

        init(encoding message: StoredMessage) {
            let json = MessageRecord.json(message)
            do { self.init(bytes: json, records: [try MessageRecord(of: json.span)]) } catch {
                preconditionFailure("a written record cannot be read: \(error)")
            }
        }
    }

    /// The runs, in the order in which the messages were requested.
    private(set) var runs: [Run] = []
    package private(set) var count = 0
    /// The length of all records in bytes.
    package private(set) var byteCount = 0
    /// Whether `bytesMax` excluded some of the requested messages.
    package var isCut = false

    package init() {}

    /// Encodes the messages as if they had been read.
    package init(_ messages: [StoredMessage]) {
        for message in messages { append(Run(encoding: message)) }
    }

    /// Encodes as many of the messages as `bytesMax` allows, but at least one.
    ///
    /// - Parameter total: The number of requested messages. These may be the first of them.
    package init(_ wanted: [StoredMessage], bytesMax: Int, of total: Int) {
        for message in wanted {
            let run = Run(encoding: message)
            if count > 0, byteCount + run.bytes.count > bytesMax { break }
            append(run)
        }
        isCut = count < total
    }

    /// Returns the messages in another order.
    ///
    /// - Parameter order: For each message, its place in that order.
    func inOrder(_ order: [Int]) -> RecordedMessages {
        var placed = [Run?](repeating: nil, count: count)
        var index = 0
        for run in runs {
            for record in run.records {
                placed[order[index]] = Run(bytes: run.bytes, records: [record])
                index += 1
            }
        }
        var messages = RecordedMessages()
        for case let run? in placed { messages.append(run) }
        messages.isCut = isCut
        // The runs share the bytes of those before.
        messages.byteCount = byteCount
        return messages
    }

    mutating func append(_ run: Run) {
        runs.append(run)
        count += run.records.count
        byteCount += run.bytes.count
    }

    mutating func append(_ others: RecordedMessages) {
        runs += others.runs
        count += others.count
        byteCount += others.byteCount
        isCut = isCut || others.isCut
    }

    package var isEmpty: Bool { count == 0 }

    package var lastTimestamp: Int64? { runs.last?.records.last?.timestamp }
    package var lastDeletedAt: Int64? { runs.last?.records.last?.deletedAt }

    package var hasTombstones: Bool { runs.contains { $0.records.contains(where: \.isDeleted) } }

    /// The messages that are no tombstones, in the same order.
    package var withoutTombstones: RecordedMessages {
        var others = RecordedMessages()
        for run in runs {
            others.append(Run(bytes: run.bytes, records: run.records.filter { !$0.isDeleted }))
        }
        others.isCut = isCut
        return others
    }

    /// Calls `body` with each message, in order.
    package func forEach<Fault>(
        _ body: (borrowing MessageView) throws(Fault) -> Void
    ) throws(Fault) {
        for run in runs {
            var view = MessageView(run: run)
            for index in run.records.indices {
                view.index = index
                try body(view)
            }
        }
    }

    /// The messages with their texts decoded.
    package var messages: [StoredMessage] {
        runs.flatMap { run in run.records.map { $0.message(in: run.bytes.span) } }
    }
}

/// A message inside its record. No text is copied before a caller asks for it.
package struct MessageView: ~Copyable {
    fileprivate let run: RecordedMessages.Run
    /// The record's place in the run. A copy of the whole record would cost more than its reading.
    fileprivate var index = 0

    private var bytes: [UInt8] { run.bytes }
    private var record: MessageRecord { run.records[index] }

    /// The time of the message, in milliseconds since 1970.
    package var timestamp: Int64 { record.timestamp }
    /// The time of the deletion, or nil unless the message is a tombstone.
    package var deletedAt: Int64? { record.deletedAt }

    /// The form of the context that the content is sealed with.
    package var contextForm: ContextForm { record.contextForm }

    /// The message with its texts decoded.
    package var message: StoredMessage { record.message(in: bytes.span) }

    /// Writes the members `id`, `senderId` and `receiverId` into an object.
    package func writeIdentifiers(to writer: inout JSONWriter) {
        writer.field("id", record.id, in: bytes.span)
        writer.field("senderId", record.senderId, in: bytes.span)
        writer.field("receiverId", record.receiverId, in: bytes.span)
    }

    /// Writes the member `replyTo` into an object if the message is a reply.
    package func writeReply(to writer: inout JSONWriter) {
        if let replyTo = record.replyTo { writer.field("replyTo", replyTo, in: bytes.span) }
    }

    /// Writes the member `photo` into an object if the message has one.
    package func writePhoto(to writer: inout JSONWriter) {
        if let photo = record.photo { writer.field(photo: photo) }
    }

    /// Writes the ciphertext into an object, as a member of that name.
    package func writeContent(as name: StaticString, to writer: inout JSONWriter) {
        writer.field(name, record.content, in: bytes.span)
    }

    /// Whether sender, receiver and id contain no escape in JSON.
    private var hasPlainIdentifiers: Bool {
        record.senderId.isPlain && record.receiverId.isPlain && record.id.isPlain
    }

    /// Writes sender, receiver and id into an object as one member, joined by a separator.
    package func writeIdentifiers(
        joinedBy separator: UInt8, as name: StaticString, to writer: inout JSONWriter
    ) {
        if hasPlainIdentifiers {
            return writer.field(
                name, joining: bytes.span.extracting(record.senderId.inside),
                bytes.span.extracting(record.receiverId.inside),
                bytes.span.extracting(record.id.inside), by: separator, arePlain: true)
        }
        let message = record.message(in: bytes.span)
        writer.field(
            name, joining: message.senderId.text.utf8.span, message.receiverId.text.utf8.span,
            message.id.text.utf8.span, by: separator, arePlain: false)
    }

    /// Writes sender, receiver and id into an object as one member, each behind its length.
    package func writeCountedIdentifiers(
        after prefix: StaticString, as name: StaticString, to writer: inout JSONWriter
    ) {
        if hasPlainIdentifiers {
            return writer.field(
                name, counting: bytes.span.extracting(record.senderId.inside),
                bytes.span.extracting(record.receiverId.inside),
                bytes.span.extracting(record.id.inside), after: prefix, arePlain: true)
        }
        let message = record.message(in: bytes.span)
        writer.field(
            name, counting: message.senderId.text.utf8.span, message.receiverId.text.utf8.span,
            message.id.text.utf8.span, after: prefix, arePlain: false)
    }

    /// The first byte of the sender's id as JSON has it: a backslash if an escape comes first.
    package var firstByteOfSender: UInt8? {
        let inside = record.senderId.inside
        return inside.isEmpty ? nil : bytes[inside.lowerBound]
    }

    /// The lengths of sender, receiver and id in UTF-8.
    package var identifierByteCounts: (Int, Int, Int) {
        if hasPlainIdentifiers {
            return (
                record.senderId.inside.count, record.receiverId.inside.count,
                record.id.inside.count
            )
        }
        let message = record.message(in: bytes.span)
        return (
            message.senderId.text.utf8Count, message.receiverId.text.utf8Count,
            message.id.text.utf8Count
        )
    }
}
