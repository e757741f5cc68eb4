internal import Encoding
internal import EventLoop

/// The one damaged byte of `db.json`.
///
/// A checksum locates the damage if only one byte has changed. The difference between the stated
/// and the found checksum depends on the offset and the change alone. Walking it back byte by byte
/// shows all possible offsets. One flipped bit has one offset in a file of up to 256 MiB.
struct DamagedByte: Equatable {
    /// The longest file in bytes that is searched. Too many offsets would fit in a longer one.
    private static let lengthMax: Int64 = 256 << 20

    let offset: Int64
    /// The bits that have changed.
    let difference: UInt8

    /// Returns every offset that the two checksums allow, the last one first.
    ///
    /// - Parameter length: The number of bytes that the checksum covers.
    static func candidates(found: UInt32, stated: UInt32, length: Int64) -> [DamagedByte] {
        guard found != stated, length <= lengthMax else { return [] }
        var candidates: [DamagedByte] = []
        var difference = found ^ stated
        var offset = length
        CRC32C.withReversal { revert in
            while offset > 0 {
                offset -= 1
                difference = revert(difference)
                guard difference < 256 else { continue }
                candidates.append(
                    DamagedByte(offset: offset, difference: UInt8(difference)))
            }
        }
        return candidates
    }
}

/// The record that holds the damaged byte, with the byte corrected.
struct DamagedRecord {
    enum Kind {
        case user(UserRecord)
        case message(MessageID)
        case meta
    }

    let byte: DamagedByte
    let kind: Kind
    /// The offset at which the record's line begins.
    let line: Int64
    /// The corrected line, its newline included.
    let mended: [UInt8]

    /// Returns the record that one corrected byte makes valid. Returns nil if there is none or more
    /// than one. Flipped bits take precedence over other changes.
    static func find(
        _ candidates: [DamagedByte], in file: any DiskFile
    ) throws(SystemCallError) -> DamagedRecord? {
        var fitting: [DamagedRecord] = []
        var waiting = candidates.sorted { $0.offset > $1.offset }
        var lines = LineReader(file, lineBytesMax: SnapshotFormat.lineBytesMax)
        while !waiting.isEmpty, let line = try lines.next() {
            let (start, end) = (
                lines.offset(of: line.lowerBound), lines.offset(of: line.upperBound)
            )
            while let byte = waiting.last, byte.offset < end {
                waiting.removeLast()
                var mended = Array(lines.bytes[line])
                mended[Int(byte.offset - start)] ^= byte.difference
                guard let kind = kind(of: mended) else { continue }
                fitting.append(
                    DamagedRecord(byte: byte, kind: kind, line: start, mended: mended))
            }
        }
        let flipped = fitting.filter { $0.byte.difference.nonzeroBitCount == 1 }
        if flipped.count == 1 { return flipped.first }
        return flipped.isEmpty && fitting.count == 1 ? fitting.first : nil
    }

    private static func kind(of line: [UInt8]) -> Kind? {
        let record = SnapshotLine.record(in: line.span)
        let bytes = line.span.extracting(0..<record)
        if let user = SnapshotLine.user(bytes) { return .user(user) }
        if let message = SnapshotLine.message(bytes) {
            let isWhole = message.isDeleted || SealedForm.isBase64(afterVersion: message.content)
            return isWhole ? .message(message.id) : nil
        }
        return SnapshotLine.isMeta(line.span) ? .meta : nil
    }
}

extension DamagedRecord: CustomStringConvertible {
    var description: String {
        switch kind {
        case .user(let record): "user \(record.user.id)"
        case .message(let id): "message \(id)"
        case .meta: "its last line"
        }
    }
}

/// The result of the search for a damaged byte, if content and checksum of `db.json` disagree.
enum Mismatch {
    /// The checksum itself has changed.
    case inChecksum
    case inRecord(DamagedRecord)
    /// More than one byte has changed, or the file is too long for a search.
    case anywhere

    /// Searches for the damaged byte.
    ///
    /// - Parameter length: The number of bytes that the checksum covers.
    init(
        found: UInt32, stated: UInt32, length: Int64, of file: any DiskFile
    ) throws(StorageFault) {
        let digits = (0..<8).filter { (found ^ stated) >> (4 * UInt32($0)) & 15 != 0 }
        if digits.count == 1 {
            self = .inChecksum
            return
        }
        let candidates = DamagedByte.candidates(found: found, stated: stated, length: length)
        let record: DamagedRecord?
        do { record = try DamagedRecord.find(candidates, in: file) } catch {
            throw StorageFault(reading: error)
        }
        self = record.map { .inRecord($0) } ?? .anywhere
    }
}
