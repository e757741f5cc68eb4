import Encoding

/// Items that wait to be sent, first in, first out, as they will stand in a request.
struct BatchQueue {
    struct Entry {
        let call: CipherCall
        let index: Int
        let encoded: [UInt8]
        let requestID: String?
    }

    struct Batch {
        var entries: [Entry] = []
        /// Exact: `{"batch":[]}`, the items, and the commas between them.
        private(set) var byteCount = 12

        func hasRoom(for entry: Entry, _ limits: CipherClientLimits) -> Bool {
            entries.isEmpty
                || entries.count < limits.batchItemsMax
                    && byteCount + entry.encoded.count + 1 <= limits.batchBytesMax
        }

        mutating func append(_ entry: Entry) {
            byteCount += entry.encoded.count + (entries.isEmpty ? 0 : 1)
            entries.append(entry)
        }

        private static let requestIDsMax = 8

        /// Whose items these are, as far as that fits on a line.
        var requestIDs: String {
            var ids: [String] = []
            for entry in entries {
                guard let id = entry.requestID, ids.last != id else { continue }
                if ids.count == Self.requestIDsMax { break }
                ids.append(id)
            }
            return ids.joined(separator: ",")
        }

        var body: [UInt8] {
            if entries.count == 1 { return entries[0].encoded }
            var writer = JSONWriter(capacity: byteCount)
            writer.beginObject()
            writer.name("batch")
            writer.beginArray()
            for entry in entries { writer.raw(entry.encoded) }
            writer.endArray()
            writer.endObject()
            return writer.bytes
        }
    }

    private var entries: [Entry] = []
    private var first = 0
    private(set) var byteCount = 0

    var count: Int { entries.count - first }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        byteCount += entry.encoded.count
    }

    /// As many of the first items as go together; nil where none waits. Items whose caller has
    /// left are dropped.
    mutating func next(_ limits: CipherClientLimits) -> Batch? {
        var batch = Batch()
        while first < entries.count {
            let entry = entries[first]
            if !entry.call.isOver {
                guard batch.hasRoom(for: entry, limits) else { break }
                batch.append(entry)
            }
            byteCount -= entry.encoded.count
            first += 1
        }
        // Moved up when half is gone, so that no item is moved twice.
        if first * 2 >= entries.count {
            entries.removeFirst(first)
            first = 0
        }
        return batch.entries.isEmpty ? nil : batch
    }

    mutating func removeAll() -> [Entry] {
        defer { self = BatchQueue() }
        return Array(entries[first...])
    }
}
