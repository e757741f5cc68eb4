/// Where a record lies: 40 bits of place and 24 of length, in eight bytes.
///
/// Places below 2³⁹ are offsets in `db.json`. Above, each segment of the journal has 4 GiB to
/// itself, in slots used round-robin: no more than `liveSegmentsMax` exist at once.
struct Address: Equatable, Sendable {
    static let segmentBytesMax: Int64 = 1 << 32
    static let recordBytesMax = (1 << 24) - 1
    static let liveSegmentsMax = 64
    private static let slots = 128
    private static let journalStart = 1 << 39

    let packed: UInt64

    /// No record: it has been removed.
    static let none = Address(packed: 0)

    init(packed: UInt64) {
        self.packed = packed
    }

    /// Nil where the file is too large, or the record too long, to be addressed.
    init?(snapshotOffset offset: Int, length: Int) {
        guard (0..<Self.journalStart).contains(offset) else { return nil }
        self.init(place: offset, length: length)
    }

    /// Nil where the segment is too large, or the record too long, to be addressed.
    init?(segment: Int, offset: Int, length: Int) {
        guard segment > 0, (0..<Int(Self.segmentBytesMax)).contains(offset) else { return nil }
        self.init(place: Self.start(ofSegment: segment) + offset, length: length)
    }

    private init?(place: Int, length: Int) {
        guard (1...Self.recordBytesMax).contains(length) else { return nil }
        packed = UInt64(place) << 24 | UInt64(length)
    }

    var place: Int { Int(packed >> 24) }
    var length: Int { Int(packed & 0xFF_FFFF) }
    var isInJournal: Bool { place >= Self.journalStart }
    /// Where the record begins in its own file.
    var offset: Int { isInJournal ? place & Int(Self.segmentBytesMax - 1) : place }

    func isIn(segment: Int) -> Bool {
        isInJournal && place - offset == Self.start(ofSegment: segment)
    }

    /// The place of a segment's first byte.
    static func start(ofSegment number: Int) -> Int {
        journalStart + number % slots * Int(segmentBytesMax)
    }
}
