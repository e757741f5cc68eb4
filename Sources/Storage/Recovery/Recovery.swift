import Synchronization
internal import Encoding
internal import EventLoop

/// The contents of a store's files, read without changing any of them.
struct Recovery: Sendable {
    var storeID: ByteText
    var memory = Transfer(MemoryState())
    var userCount = 0
    var messageCount = 0
    var generation = Generation(snapshot: nil, segments: [])
    /// Whether there is no store yet, so that one has to be made.
    var isNew = false
    var snapshotBytes: Int64 = 0
    /// The lengths of the segments before the last.
    var sealedLengths: [Int64] = []
    /// The number of changes in the journal, read markers left out.
    var unfoldedChanges = 0
    /// The number of read markers in the journal.
    var unfoldedMarkers = 0
    /// Whether the files state read markers.
    var statesMarkers = true
    /// Whether a change in the journal removes stored content.
    var holdsRemoval = false
    var lastSegment = 1
    var lastEnd = SegmentEnd()
    /// Segments that a crash left behind. They are folded already, or were never begun.
    var leftovers: [Int] = []
    var exhausted: (listed: [ExhaustedConversation], count: Int) = ([], 0)

    /// Reads the store in a folder.
    ///
    /// - Throws: `.takeover` or `.journalOfAnother` if the folder holds the earlier system's store;
    ///   `.damaged`; `.failed`.
    static func read(_ folder: Folder) throws(StorageFault) -> Recovery {
        do {
            return try read(folder, segments: try folder.segments())
        } catch { throw StorageFault(reading: error) }
    }

    private static func read(_ folder: Folder, segments: [Int]) throws -> Recovery {
        if try folder.disk.openIfThere(folder.restoring, .reading) != nil {
            throw StorageFault.restoring(folder: folder.path)
        }
        guard let file = try folder.disk.openIfThere(folder.snapshot, .reading) else {
            return try unmade(folder, segments: segments)
        }
        if try Outline.isEarlierStore(file) {
            guard try isWithoutChanges(segments, in: folder) else {
                throw StorageFault.journalOfAnother(path: folder.snapshot)
            }
            throw StorageFault.takeover(path: folder.snapshot)
        }
        var replay = Replay(snapshot: file, path: folder.snapshot)
        let meta: SnapshotMeta
        do {
            var reader = SnapshotReader(file, path: folder.snapshot)
            meta = try reader.read(&replay)
            try replay.endSnapshot(meta)
        } catch {
            throw try isPerhapsEdited(file, segments, in: folder) ? error.ofEdited : error
        }
        var recovery = Recovery(storeID: meta.storeID)
        recovery.snapshotBytes = try file.length()
        recovery.leftovers = segments.filter { $0 < meta.firstSegment }
        let live = segments.filter { $0 >= meta.firstSegment }
        try recovery.replay(&replay, live, from: meta.firstSegment, in: folder)
        replay.endJournal()
        recovery.generation = replay.generation
        recovery.unfoldedChanges = replay.changeCount
        recovery.unfoldedMarkers = replay.markerCount
        recovery.statesMarkers = replay.statesMarkers
        recovery.holdsRemoval = replay.holdsRemoval
        recovery.userCount = replay.memory.index.users.count
        recovery.messageCount = replay.memory.index.messageCount
        recovery.exhausted = ExhaustedConversation.all(
            in: replay.memory.index, replay.generation)
        recovery.memory = Transfer(replay.memory)
        return recovery
    }

    /// Returns whether `db.json` is a whole store that `ChatCore store accept` could sign.
    private static func isPerhapsEdited(
        _ snapshot: any DiskFile, _ segments: [Int], in folder: Folder
    ) throws -> Bool {
        guard try Outline(of: snapshot).isOwnStore else { return false }
        return try segments.allSatisfy { number in
            let file = try folder.disk.open(folder.segment(number), .reading)
            return try SegmentReader.isWithoutChanges(file)
        }
    }

    /// Returns a recovery without a `db.json`. A journal with changes has lost its snapshot, which
    /// is damage.
    private static func unmade(_ folder: Folder, segments: [Int]) throws -> Recovery {
        guard try isWithoutChanges(segments, in: folder) else {
            throw StorageFault.damaged(
                file: folder.snapshot, offset: 0, why: "it is missing, but a journal is there")
        }
        var recovery = Recovery(storeID: newStoreID())
        recovery.isNew = true
        return recovery
    }

    /// Returns whether there is at most a first segment without changes. A crash leaves it if the
    /// store was just being made.
    private static func isWithoutChanges(_ segments: [Int], in folder: Folder) throws -> Bool {
        guard let first = segments.first else { return true }
        let path = folder.segment(first)
        let file = try folder.disk.open(path, .reading)
        let header = try SegmentReader.header(of: file, path: path)
        guard segments == [1] else { return false }
        guard let header else { return try file.length() <= 256 }
        return try header.number == 1 && file.length() == header.length
    }

    /// Returns the number of changes in the journal of a snapshot with this store id and first
    /// segment.
    static func changeCount(
        storeID: ByteText, firstSegment: Int, in folder: Folder
    ) throws(StorageFault) -> Int {
        do {
            var recovery = Recovery(storeID: storeID)
            var count = ChangeCount()
            let live = try folder.segments().filter { $0 >= firstSegment }
            try recovery.replay(&count, live, from: firstSegment, in: folder)
            return count.changes
        } catch { throw StorageFault(reading: error) }
    }

    private struct ChangeCount: JournalVisitor {
        var changes = 0
        func begin(_ segment: Generation.Segment, path: String) {}
        mutating func change(_ json: Span<UInt8>, at offset: Int64) { changes += 1 }
    }

    private mutating func replay(
        _ replay: inout some JournalVisitor, _ segments: [Int], from first: Int, in folder: Folder
    ) throws {
        var found: [(file: any DiskFile, path: String, header: SegmentReader.Header?)] = []
        for (index, number) in segments.enumerated() {
            let path = folder.segment(number)
            guard number == first + index, index < Address.liveSegmentsMax * 3 / 2 else {
                throw Self.missing(folder.segment(first + index))
            }
            let file = try folder.disk.open(path, .reading)
            found.append((file, path, try SegmentReader.header(of: file, path: path)))
        }
        if found.count > 1, found.last?.header == nil {
            found.removeLast()
            leftovers.append(first + found.count)
        }
        guard !found.isEmpty else { throw Self.missing(folder.segment(first)) }
        for (index, segment) in found.enumerated() {
            let number = first + index
            let next = index + 1 < found.count ? found[index + 1] : nil
            if let next, next.header == nil {
                throw StorageFault.damaged(
                    file: next.path, offset: 0, why: "its first line is missing")
            }
            replay.begin(.init(number: number, file: segment.file), path: segment.path)
            var reader = SegmentReader(
                segment.file, number: number, path: segment.path, storeID: storeID,
                tail: next?.header.map { .sealed($0.after) } ?? .mayBeTorn)
            if index > 0 { sealedLengths.append(lastEnd.length) }
            lastEnd = try reader.read(&replay)
            lastSegment = number
        }
    }

    private static func missing(_ path: String) -> StorageFault {
        .damaged(file: path, offset: 0, why: "it is missing")
    }

    static func newStoreID() -> ByteText {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return ByteText(String(repeating: "0", count: 16 - digits.count) + digits)
    }
}

/// Passes one value that cannot be copied from the thread that made it to its next owner.
final class Transfer<Content>: Sendable {
    private let content: Mutex<Content?>

    init(_ content: consuming sending Content) {
        self.content = Mutex(content)
    }

    /// Returns the content. A second call traps.
    func take() -> sending Content {
        guard let content = content.withLock({ $0.take() }) else {
            preconditionFailure("the content was taken already")
        }
        return content
    }
}
