/// The place of a record: 40 bits of position and 24 bits of length, in eight bytes.
///
/// Positions below 2³⁹ are offsets in `db.json`. Each segment of the journal has 4 GiB of the
/// positions above. Segments use 128 such ranges round-robin, because at most `liveSegmentsMax`
/// exist at once.
struct Address: Equatable, Sendable {
    static let segmentBytesMax: Int64 = 1 << 32
    static let recordBytesMax = (1 << 24) - 1
    static let liveSegmentsMax = 64
    private static let slots = 128
    private static let journalStart = 1 << 39

    let packed: UInt64

    /// The address of a record that has been removed.
    static let none = Address(packed: 0)

    init(packed: UInt64) {
        self.packed = packed
    }

    /// Returns nil if the file is too large, or the record too long, for an address.
    init?(snapshotOffset offset: Int, length: Int) {
        guard (0..<Self.journalStart).contains(offset) else { return nil }
        self.init(place: offset, length: length)
    }

    /// Returns nil if the segment is too large, or the record too long, for an address.
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
    /// The offset of the record in its own file, in bytes.
    var offset: Int { isInJournal ? place & Int(Self.segmentBytesMax - 1) : place }

    func isIn(segment: Int) -> Bool {
        isInJournal && place - offset == Self.start(ofSegment: segment)
    }

    /// Returns the position of a segment's first byte.
    static func start(ofSegment number: Int) -> Int {
        journalStart + number % slots * Int(segmentBytesMax)
    }
}
