internal import Encoding
internal import EventLoop

/// The one byte of `db.json` that is not as it was written.
///
/// A checksum tells more than that something is wrong. Where one byte has changed, the difference
/// between the checksum that is stated and the one that is found follows from the place and the
/// change alone; walked back byte by byte, it shows which places are possible. One flipped bit has
/// one place in a file of up to 256 MiB.
struct DamagedByte: Equatable {
    /// Longer files are not searched: too many places would fit.
    private static let lengthMax: Int64 = 256 << 20

    let offset: Int64
    /// The bits that are wrong.
    let difference: UInt8

    /// Every place that the two checksums allow, the last one first.
    ///
    /// - Parameter length: How many bytes the checksum covers.
    static func candidates(found: UInt32, stated: UInt32, length: Int64) -> [DamagedByte] {
        guard found != stated, length <= lengthMax else { return [] }
        var candidates: [DamagedByte] = []
        var difference = found ^ stated
        var offset = length
        CRC32C.withUndoing { undo in
            while offset > 0 {
                offset -= 1
                difference = undo(difference)
                guard difference < 256 else { continue }
                candidates.append(
                    DamagedByte(offset: offset, difference: UInt8(difference)))
            }
        }
        return candidates
    }
}

/// The record in which the damaged byte stands, as it was before.
struct DamagedRecord {
    enum Kind {
        case user(User)
        case message(MessageID)
        case meta
    }

    let byte: DamagedByte
    let kind: Kind
    /// Where the record's line begins.
    let line: Int64
    /// The line with the byte put right, its newline included.
    let mended: [UInt8]

    /// Nil where no record, or more than one, is sound again once a single byte is put right. A
    /// flipped bit goes before all other changes.
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
            return SealedForm.isBase64(afterVersion: message.content) ? .message(message.id) : nil
        }
        return SnapshotLine.isMeta(line.span) ? .meta : nil
    }
}

extension DamagedRecord: CustomStringConvertible {
    var description: String {
        switch kind {
        case .user(let user): "user \(user.id)"
        case .message(let id): "message \(id)"
        case .meta: "its last line"
        }
    }
}

/// The place at which the content and the checksum of `db.json` disagree.
enum Mismatch {
    /// The checksum itself has changed.
    case inChecksum
    case inRecord(DamagedRecord)
    /// More than one byte has changed, or the file is too long to tell.
    case anywhere

    /// - Parameter length: How many bytes the checksum covers.
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
