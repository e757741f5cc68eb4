internal import Encoding
internal import EventLoop

/// Receives the changes of a segment.
protocol SegmentVisitor {
    /// Receives one change.
    ///
    /// - Parameters:
    ///   - json: The change.
    ///   - offset: The offset in the segment at which it begins.
    mutating func change(_ json: Span<UInt8>, at offset: Int64) throws(StorageFault)
}

/// Receives the changes of a whole journal.
protocol JournalVisitor: SegmentVisitor {
    /// Announces that the changes of this segment come next.
    mutating func begin(_ segment: Generation.Segment, path: String)
}

/// The end of a segment.
struct SegmentEnd: Equatable {
    /// The offset at which the last intact line ends and the next group begins.
    var length: Int64 = 0
    /// The highest offset that an intact group states as durable.
    var durable: Int64 = 0
    /// The number of torn bytes after the last intact line.
    var tornBytes: Int64 = 0
}

/// Reads one segment of the journal from its first byte to its last.
///
///     xxxxxxxx 58 {"segment":3,"store":"…","after":4711}      the segment and its store; the
///                                                             segment before was sealed at 4711
///     xxxxxxxx 15 {"durable":63}                              begins a group: one write
///     xxxxxxxx 270 {"messageAdded":{…}}                       a change
///     …
///
/// A line is `checksum SP length SP JSON LF` (`JournalLine`, `JournalRecord`). A segment is valid
/// if and only if all of this holds:
///
/// - The first line names the segment and its store.
/// - Every line is intact.
/// - Every change is inside a group.
/// - No group states a durable offset after its own start.
/// - Its length is the one that the next segment's first line states.
///
/// The last segment may have a torn tail: all bytes from a damaged line to the end. No intact group
/// line, before or after that line, may state that these bytes were durable. The whole format is in
/// docs/journal-format.md.
struct SegmentReader {
    /// The bytes that may follow the intact lines of a segment.
    enum Tail {
        /// None, because the segment was sealed at this length.
        case sealed(Int64)
        /// The rest of a group that a crash cut short.
        case mayBeTorn
    }

    /// The first line of a segment.
    struct Header: Equatable {
        let number: Int
        let storeID: ByteText
        /// The length at which the segment before it was sealed.
        let after: Int64
        /// The length of the line itself.
        let length: Int64
    }

    private let number: Int
    private let path: String
    private let storeID: ByteText
    private let tail: Tail
    private let file: any DiskFile
    private var end = SegmentEnd()
    private var isInGroup = false
    private var hasHeader = false

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
        guard hasHeader else { throw damage("its first line is missing") }
        if case .sealed(let length) = tail, length != end.length {
            throw damage("it was sealed at a length of \(length)")
        }
        return end
    }

    private static func lines(of file: any DiskFile) -> LineReader {
        LineReader(file, lineBytesMax: JournalLine.bytesMax + 64)
    }

    /// Returns the first line of a segment, or nil if a crash came before it was durable. A segment
    /// with any other intact line has lost its first one, and is damaged.
    static func header(
        of file: any DiskFile, path: String
    ) throws(StorageFault) -> Header? {
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
            return Header(
                number: number, storeID: storeID, after: after, length: Int64(line.count))
        }
        return nil
    }

    /// Returns whether the segment holds only its first line and empty groups, all of them intact.
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
        if !hasHeader {
            guard case .segment(number, storeID, _) = try? JournalEntry(json) else {
                throw damage("its first line is that of another segment or store")
            }
            hasHeader = true
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

    /// Decides whether a damaged line after the last intact one begins a torn tail. It does if no
    /// group line, before or after it, states that these bytes were durable.
    private mutating func settleTornTail(
        _ damaged: Range<Int>, _ lines: inout LineReader
    ) throws(StorageFault) {
        guard case .mayBeTorn = tail, hasHeader else {
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

    /// Returns the offset that an intact group line at the end of this line states. The newline
    /// before the group line may be damaged.
    private static func announcement(in line: Span<UInt8>) -> Int64? {
        // A checksum, a length of two digits and two spaces precede the JSON.
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
