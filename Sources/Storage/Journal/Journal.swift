internal import Encoding
internal import EventLoop

/// The active segment, which takes the changes.
struct Journal: Sendable {
    let number: Int
    let file: any DiskFile
    /// The offset of the next group.
    var length: Int64
    /// All bytes before this offset are durable. Those behind it are read markers.
    var durable: Int64

    /// Makes a journal whose bytes are all durable.
    init(number: Int, file: any DiskFile, length: Int64) {
        (self.number, self.file, self.length, durable) = (number, file, length, length)
    }

    /// The result of a write.
    enum Outcome: Sendable {
        case written
        /// The disk was full. The segment is unchanged.
        case full
        /// Memory was short. The segment is unchanged.
        case shortage(String)
        /// The content of the disk is unknown.
        case failed(String)
    }

    /// Writes a group, and syncs the file if `isDurable`. It does not retry a failed sync, because
    /// the kernel may have dropped the failed pages and report success the second time.
    func write(_ group: [UInt8], isDurable: Bool = true) -> Outcome {
        do {
            try file.writeAll(group, at: length)
        } catch {
            guard error.meansFull || error.meansShortage else {
                return .failed(error.description)
            }
            let outcome = error.meansFull ? Outcome.full : .shortage(error.description)
            do {
                try file.truncate(to: length)
                try file.sync()
                return outcome
            } catch {
                return error.meansFull && (try? file.length()) == length
                    ? .full : .failed(error.description)
            }
        }
        if !isDurable { return .written }
        do {
            try file.sync()
            return .written
        } catch {
            return .failed(error.description)
        }
    }

    /// Makes a segment with its first line, and returns once it is durable. It opens all
    /// descriptors before the first change.
    static func create(
        _ number: Int, after length: Int64, storeID: ByteText, in folder: Folder
    ) throws(SystemCallError) -> Journal {
        var line: [UInt8] = []
        JournalLine.append(
            JournalRecord.segment(number, storeID: storeID, after: length), to: &line)
        let names = try folder.disk.openFolder(folder.path)
        let file = try folder.disk.open(folder.segment(number), .replacing)
        try file.writeAll(line, at: 0)
        try file.sync()
        try names.sync()
        return Journal(number: number, file: file, length: Int64(line.count))
    }
}
