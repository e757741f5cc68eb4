internal import Encoding
internal import EventLoop

/// The segment that takes the changes now, and how it is written.
struct Journal: Sendable {
    let number: Int
    let file: any DiskFile
    /// Where the next group goes: all before it is on the disk.
    var length: Int64

    /// What became of a write.
    enum Outcome: Sendable {
        case written
        /// There was no room; the segment is as it was before.
        case full
        /// Memory was short; the segment is as it was before.
        case shortage(String)
        /// What is on the disk is not known.
        case failed(String)
    }

    /// Writes a group and has the disk confirm it. A failed confirmation is not asked for again:
    /// the kernel may have dropped what it could not write and say yes the second time.
    func write(_ group: [UInt8]) -> Outcome {
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
        do {
            try file.sync()
            return .written
        } catch {
            return .failed(error.description)
        }
    }

    /// Makes a segment that holds its first line, on the disk by the time this returns. All
    /// descriptors are taken before the first change.
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
