internal import Encoding
internal import EventLoop

/// What the files of a store hold, read without changing any of them.
struct Recovery: Sendable {
    var storeID: ByteText
    var memory = Transfer(MemoryState())
    var userCount = 0
    var messageCount = 0
    var generation = Generation(snapshot: nil, segments: [])
    /// There is no store yet: it has to be made.
    var isNew = false
    var snapshotBytes: Int64 = 0
    /// Lengths of the segments before the last.
    var sealedLengths: [Int64] = []
    /// How many changes the journal holds.
    var unfoldedChanges = 0
    /// Whether one of them removed something.
    var holdsRemoval = false
    var lastSegment = 1
    var lastEnd = SegmentEnd()
    /// Segments that a crash left behind: folded already, or never begun.
    var leftovers: [Int] = []
    var exhausted: (listed: [ExhaustedConversation], count: Int) = ([], 0)

    /// - Throws: `.takeover` or `.journalOfAnother` where the earlier system's store lies there;
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
        recovery.generation = replay.generation
        recovery.unfoldedChanges = replay.changeCount
        recovery.holdsRemoval = replay.holdsRemoval
        recovery.userCount = replay.memory.index.users.count
        recovery.messageCount = replay.memory.index.messageCount
        recovery.exhausted = ExhaustedConversation.all(
            in: replay.memory.index, replay.generation)
        recovery.memory = Transfer(replay.memory)
        return recovery
    }

    /// Whether `db.json` is a whole store that `ChatCore store accept` could sign.
    private static func isPerhapsEdited(
        _ snapshot: any DiskFile, _ segments: [Int], in folder: Folder
    ) throws -> Bool {
        guard try Outline(of: snapshot).isOwnStore else { return false }
        return try segments.allSatisfy { number in
            let file = try folder.disk.open(folder.segment(number), .reading)
            return try SegmentReader.isWithoutChanges(file)
        }
    }

    /// There is no `db.json`: a journal with changes has lost its snapshot.
    private static func unmade(_ folder: Folder, segments: [Int]) throws -> Recovery {
        guard try isWithoutChanges(segments, in: folder) else {
            throw StorageFault.damaged(
                file: folder.snapshot, offset: 0, why: "it is missing, but a journal is there")
        }
        var recovery = Recovery(storeID: newStoreID())
        recovery.isNew = true
        return recovery
    }

    /// Whether there is no more of a journal than what a crash leaves of a store that was being
    /// made: a first segment without changes.
    private static func isWithoutChanges(_ segments: [Int], in folder: Folder) throws -> Bool {
        guard let first = segments.first else { return true }
        let path = folder.segment(first)
        let file = try folder.disk.open(path, .reading)
        let opening = try SegmentReader.opening(of: file, path: path)
        guard segments == [1] else { return false }
        guard let opening else { return try file.length() <= 256 }
        return try opening.number == 1 && file.length() == opening.length
    }

    /// How many changes the journal of a snapshot holds whose last line says this.
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
        var openings: [(file: any DiskFile, path: String, opening: SegmentReader.Opening?)] = []
        for (index, number) in segments.enumerated() {
            let path = folder.segment(number)
            guard number == first + index, index < Address.liveSegmentsMax * 3 / 2 else {
                throw Self.missing(folder.segment(first + index))
            }
            let file = try folder.disk.open(path, .reading)
            openings.append((file, path, try SegmentReader.opening(of: file, path: path)))
        }
        if openings.count > 1, openings.last?.opening == nil {
            openings.removeLast()
            leftovers.append(first + openings.count)
        }
        guard !openings.isEmpty else { throw Self.missing(folder.segment(first)) }
        for (index, segment) in openings.enumerated() {
            let number = first + index
            let next = index + 1 < openings.count ? openings[index + 1] : nil
            if let next, next.opening == nil {
                throw StorageFault.damaged(
                    file: next.path, offset: 0, why: "its first line is missing")
            }
            replay.begin(.init(number: number, file: segment.file), path: segment.path)
            var reader = SegmentReader(
                segment.file, number: number, path: segment.path, storeID: storeID,
                tail: next?.opening.map { .sealed($0.after) } ?? .mayBeTorn)
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
