internal import Encoding
internal import EventLoop

/// What is to be done with the changes of a segment.
protocol SegmentVisitor {
    /// - Parameters:
    ///   - json: The change.
    ///   - offset: Where in the segment it begins.
    mutating func change(_ json: Span<UInt8>, at offset: Int64) throws(StorageFault)
}

/// What is to be done with the changes of a whole journal.
protocol JournalVisitor: SegmentVisitor {
    /// The changes of this segment come next.
    mutating func begin(_ segment: Generation.Segment, path: String)
}

/// How far a segment reaches.
struct SegmentEnd: Equatable {
    /// Where its last intact line ends, and the next group goes.
    var length: Int64 = 0
    /// The highest offset an intact group said was durable.
    var durable: Int64 = 0
    /// How much torn text stands behind its last intact line.
    var tornBytes: Int64 = 0
}

/// Reads one segment of the journal from its first byte to its last.
///
///     xxxxxxxx 58 {"segment":3,"store":"…","after":4711}      which segment of which store; the
///                                                             one before was sealed at byte 4711
///     xxxxxxxx 15 {"durable":63}                              opens a group: one write
///     xxxxxxxx 270 {"messageAdded":{…}}                       a change
///     …
///
/// A line is `checksum SP length SP JSON LF` (`JournalLine`, `JournalRecord`). A segment is valid
/// if and only if its first line names it and its store, every line is intact, every change stands
/// in a group, no group says more is durable than stands before it, and it is as long as the next
/// segment's first line says. Of the last segment a tail may be torn: from a line that is not
/// intact to the end, if no intact group line, before or behind it, says that this part was
/// durable. The whole of it: docs/journal-format.md.
struct SegmentReader {
    /// What may stand at the end of a segment.
    enum Tail {
        /// Nothing: the segment was sealed at this length.
        case sealed(Int64)
        /// What is left of a group that a crash cut short.
        case mayBeTorn
    }

    /// A segment's first line.
    struct Opening: Equatable {
        let number: Int
        let storeID: ByteText
        /// The length at which the segment before it was sealed.
        let after: Int64
        /// Of the line itself.
        let length: Int64
    }

    private let number: Int
    private let path: String
    private let storeID: ByteText
    private let tail: Tail
    private let file: any DiskFile
    private var end = SegmentEnd()
    private var isInGroup = false
    private var hasOpening = false

    init(
        _ file: any DiskFile, number: Int, path: String, storeID: ByteText, tail: Tail
    ) {
        self.number = number
        self.path = path
        self.storeID = storeID
        self.tail = tail
        self.file = file
    }

    mutating func read(_ visitor: inout some SegmentVisitor) throws(StorageFault) -> SegmentEnd {
        var lines = Self.lines(of: file)
        var damaged: Range<Int>?
        while let line = try Self.next(&lines) {
            let bytes = lines.bytes.span.extracting(line)
            guard let json = JournalLine.json(in: bytes) else {
                damaged = line
                break
            }
            let start = end.length
            try take(bytes.extracting(json), at: start + Int64(json.lowerBound), &visitor)
            end.length = start + Int64(line.count)
        }
        if let damaged { try settleTornTail(damaged, &lines) }
        guard hasOpening else { throw damage("its first line is missing") }
        if case .sealed(let length) = tail, length != end.length {
            throw damage("it was sealed at a length of \(length)")
        }
        return end
    }

    private static func lines(of file: any DiskFile) -> LineReader {
        LineReader(file, lineBytesMax: JournalLine.bytesMax + 64)
    }

    /// The first line of a segment; nil where a crash came before it was on the disk. A segment
    /// that holds any other intact line has lost its first one, which is damage.
    static func opening(
        of file: any DiskFile, path: String
    ) throws(StorageFault) -> Opening? {
        var lines = lines(of: file)
        while let line = try next(&lines) {
            let bytes = lines.bytes.span.extracting(line)
            guard let json = JournalLine.json(in: bytes) else { continue }
            guard lines.offset(of: line.lowerBound) == 0,
                case .segment(let number, let storeID, let after) = try? JournalEntry(
                    bytes.extracting(json))
            else {
                throw .damaged(
                    file: path, offset: 0, why: "its first line is not as it was written")
            }
            return Opening(
                number: number, storeID: storeID, after: after, length: Int64(line.count))
        }
        return nil
    }

    /// Whether it holds nothing but its first line and groups without changes, all of them intact.
    static func isWithoutChanges(_ file: any DiskFile) throws(StorageFault) -> Bool {
        var lines = lines(of: file)
        while let line = try next(&lines) {
            let bytes = lines.bytes.span.extracting(line)
            guard let json = JournalLine.json(in: bytes) else { return false }
            switch try? JournalEntry(bytes.extracting(json)) {
            case .segment, .durable: continue
            default: return false
            }
        }
        return true
    }

    private mutating func take(
        _ json: Span<UInt8>, at offset: Int64, _ visitor: inout some SegmentVisitor
    ) throws(StorageFault) {
        var scanner = JSONScanner()
        if !hasOpening {
            guard case .segment(number, storeID, _) = try? JournalEntry(json) else {
                throw damage("its first line is that of another segment or store")
            }
            hasOpening = true
        } else if scanner.skip("{\"durable\":", in: json) {
            guard let durable = Self.durable(json), (0...end.length).contains(durable) else {
                throw damage("a group opens with an offset that cannot be")
            }
            end.durable = max(end.durable, durable)
            isInGroup = true
        } else {
            guard isInGroup else { throw damage("a change outside a group") }
            try visitor.change(json, at: offset)
        }
    }

    /// A damaged line stands where the last intact one ends. It is what a crash leaves if no group,
    /// before or behind it, says that this part was durable.
    private mutating func settleTornTail(
        _ damaged: Range<Int>, _ lines: inout LineReader
    ) throws(StorageFault) {
        guard case .mayBeTorn = tail, hasOpening else {
            throw damage("a line is not as it was written")
        }
        var line: Range<Int>? = damaged
        while let place = line {
            let announced = Self.announcement(in: lines.bytes.span.extracting(place))
            end.durable = max(end.durable, announced ?? 0)
            line = try Self.next(&lines)
        }
        end.tornBytes = lines.offset(of: lines.bytes.count) - end.length
        guard end.durable <= end.length else {
            throw damage("a line is not as it was written")
        }
    }

    /// What an intact group line says that ends this line, whatever has become of the newline
    /// before it.
    private static func announcement(in line: Span<UInt8>) -> Int64? {
        // A checksum, a length of two digits and their spaces come before.
        var index = 12
        while index < line.count {
            var scanner = JSONScanner(at: index)
            if scanner.skip("{\"durable\":", in: line) {
                let whole = line.extracting((index - 12)..<line.count)
                if let json = JournalLine.json(in: whole) { return durable(whole.extracting(json)) }
            }
            index += 1
        }
        return nil
    }

    private static func next(
        _ lines: inout LineReader
    ) throws(StorageFault) -> Range<Int>? {
        do {
            return try lines.next()
        } catch {
            throw StorageFault(reading: error)
        }
    }

    private func damage(_ why: String) -> StorageFault {
        .damaged(file: path, offset: end.length, why: why)
    }

    private static func durable(_ json: Span<UInt8>) -> Int64? {
        guard case .durable(let offset) = try? JournalEntry(json) else { return nil }
        return offset
    }
}
