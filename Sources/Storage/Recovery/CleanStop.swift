internal import Encoding
internal import EventLoop

/// The record of a clean stop in the lock file, in the form of a journal line. It holds the
/// incarnation of the store's revisions and the identities of the files.
///
///     {"stopped":{"incarnation":7,"snapshot":[inode,changed,length],"journal":[…],"segment":3}}
///
/// The next startup keeps the incarnation if both files are unchanged, and erases the record. They
/// differ after a restore or an edit.
struct CleanStop: Equatable {
    private static let bytesMax: Int64 = 4096

    let incarnation: Incarnation
    let snapshot: FileIdentity
    let journal: FileIdentity
    let segment: Int

    init(
        _ incarnation: Incarnation, snapshot: any DiskFile, journal: any DiskFile, segment: Int
    ) throws(SystemCallError) {
        self.incarnation = incarnation
        self.snapshot = try snapshot.identity()
        self.journal = try journal.identity()
        self.segment = segment
    }

    /// Erases the record, and returns the incarnation for this startup: the recorded one if the
    /// files are unchanged, or else a new one.
    ///
    /// The record must not outlive the startup, because readers see markers that no file holds yet.
    /// A process that dies leaves the files as they were recorded, and the next one would give the
    /// same revisions to other changes. If the record cannot be erased, the startup begins a new
    /// incarnation.
    static func takeIncarnation(
        recordedIn lock: (any DiskFile)?, _ recovery: Recovery
    ) -> Incarnation {
        guard let lock, let recorded = read(lock) else { return Incarnation() }
        let last = recovery.generation.segments.last
        guard let snapshot = recovery.generation.snapshot, let journal = last?.file,
            let found = try? CleanStop(
                recorded.incarnation, snapshot: snapshot, journal: journal,
                segment: recovery.lastSegment),
            found == recorded, erase(lock)
        else { return Incarnation(after: recorded.incarnation) }
        return recorded.incarnation
    }

    /// Returns whether the record is gone, also after a power cut.
    private static func erase(_ lock: any DiskFile) -> Bool {
        do throws(SystemCallError) {
            try lock.truncate(to: 0)
            try lock.sync()
            return true
        } catch { return false }
    }

    /// Replaces the content of the file with this record.
    func write(to lock: any DiskFile) throws(SystemCallError) {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.name("stopped")
        writer.beginObject()
        writer.field("incarnation", incarnation.number)
        writer.name("snapshot")
        Self.write(snapshot, to: &writer)
        writer.name("journal")
        Self.write(journal, to: &writer)
        writer.field("segment", segment)
        writer.endObject()
        writer.endObject()
        var line: [UInt8] = []
        JournalLine.append(writer.bytes, to: &line)
        try lock.writeAll(line, at: 0)
        try lock.truncate(to: Int64(line.count))
        try lock.sync()
    }

    private static func write(_ identity: FileIdentity, to writer: inout JSONWriter) {
        writer.beginArray()
        writer.integer(identity.number)
        writer.integer(identity.changedAt)
        writer.integer(identity.length)
        writer.endArray()
    }

    /// Returns nil if the file holds no whole record.
    private static func read(_ lock: any DiskFile) -> CleanStop? {
        var bytes: [UInt8] = []
        guard let length = try? lock.length(), length > 0, length <= bytesMax,
            (try? lock.read(Int(length), at: 0, appendingTo: &bytes)) != nil,
            let json = JournalLine.json(in: bytes.span)
        else { return nil }
        return CleanStop(bytes.span.extracting(json))
    }

    private init?(_ json: Span<UInt8>) {
        guard let note = (try? JSONValue.parse(json))?.object?["stopped"]?.object,
            let incarnation = note["incarnation"]?.integer.flatMap(Incarnation.init),
            let snapshot = note["snapshot"]?.array.flatMap(Self.identity),
            let journal = note["journal"]?.array.flatMap(Self.identity),
            let segment = note["segment"]?.integer
        else { return nil }
        self.incarnation = incarnation
        self.snapshot = snapshot
        self.journal = journal
        self.segment = Int(segment)
    }

    private static func identity(_ values: [JSONValue]) -> FileIdentity? {
        let numbers = values.compactMap(\.integer)
        guard numbers.count == 3, values.count == 3 else { return nil }
        return FileIdentity(
            number: UInt64(bitPattern: numbers[0]), changedAt: numbers[1], length: numbers[2])
    }
}
