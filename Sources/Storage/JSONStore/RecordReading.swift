internal import EventLoop

/// Turns the addresses of records into few reads. Records that lie close together are read at once.
struct RecordReading: Sendable {
    private static let gapBytesMax = 512
    private static let runBytesMax = 1 << 18

    struct Run: Sendable {
        let file: any DiskFile
        let name: String
        let offset: Int64
        var length: Int
        /// The ranges of the records in the run.
        var records: [Range<Int>]

        func parse(_ bytes: [UInt8]) throws(StorageFault) -> RecordedMessages.Run {
            var found: [MessageRecord] = []
            found.reserveCapacity(records.count)
            for record in records {
                guard record.upperBound <= bytes.count,
                    let message = try? MessageRecord(record, of: bytes.span)
                else {
                    throw .damaged(
                        file: name, offset: offset + Int64(record.lowerBound),
                        why: "a message is not as it was written")
                }
                found.append(message)
            }
            return RecordedMessages.Run(bytes: bytes, records: found)
        }
    }

    private(set) var runs: [Run] = []

    init(_ addresses: [Address], in generation: Generation) {
        var last: Address?
        for address in addresses {
            if last.map({ extend(with: address, after: $0) }) != true {
                runs.append(
                    Run(
                        file: generation.file(of: address), name: generation.name(of: address),
                        offset: Int64(address.offset), length: address.length,
                        records: [0..<address.length]))
            }
            last = address
        }
    }

    private mutating func extend(with address: Address, after last: Address) -> Bool {
        let gap = address.place - (last.place + last.length)
        let index = runs.count - 1
        guard gap >= 0, gap <= Self.gapBytesMax, address.isInJournal == last.isInJournal,
            address.offset > last.offset,
            runs[index].length + gap + address.length <= Self.runBytesMax
        else { return false }
        let start = runs[index].length + gap
        runs[index].length = start + address.length
        runs[index].records.append(start..<runs[index].length)
        return true
    }

    /// Reads on the calling thread, which may wait for the disk.
    static func read(
        _ runs: ArraySlice<Run>
    ) throws(StorageFault) -> RecordedMessages {
        var messages = RecordedMessages()
        for run in runs {
            var bytes: [UInt8] = []
            do {
                try run.file.read(run.length, at: run.offset, appendingTo: &bytes)
            } catch { throw StorageFault(reading: error) }
            messages.append(try run.parse(bytes))
        }
        return messages
    }
}
