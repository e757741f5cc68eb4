import Testing
import TestSupport

@testable import Storage

@Suite struct IndexTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `the hash table finds what a dictionary finds`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var hashes = ChunkedArray<UInt64>()
        var table = HashTable()
        var present: Set<UInt32> = []
        // Few parts and few low bits, so that chains are long and meet.
        for _ in 0..<400 {
            let part = UInt64.random(in: 0..<3, using: &random)
            hashes.append(part << 56 | UInt64.random(in: 0..<64, using: &random))
        }
        for _ in 0..<4000 {
            let number = UInt32.random(in: 0..<400, using: &random)
            if present.remove(number) != nil {
                table.remove(number, in: hashes)
            } else {
                table.insert(number, in: hashes)
                present.insert(number)
            }
            let probe = UInt32.random(in: 0..<400, using: &random)
            let found = table.first(hashes[Int(probe)], in: hashes) { $0 == probe }
            #expect((found != nil) == present.contains(probe), "seed \(seed)")
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `lists hold what arrays hold`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var lists = NumberLists()
        var handles = [NumberLists.List](repeating: .init(), count: 20)
        var expected = [[UInt32]](repeating: [], count: 20)
        for step in 0..<60_000 {
            let which = Int.random(in: 0..<(step < 30_000 ? 2 : 20), using: &random)
            switch Int.random(in: 0..<30, using: &random) {
            case 0 where !expected[which].isEmpty:
                let index = Int.random(in: 0..<expected[which].count, using: &random)
                lists.remove(at: index, from: &handles[which])
                expected[which].remove(at: index)
            case 1 where which > 1:
                lists.free(&handles[which])
                expected[which] = []
            default:
                lists.append(UInt32(step), to: &handles[which])
                expected[which].append(UInt32(step))
            }
        }
        for (handle, expected) in zip(handles, expected) {
            #expect(lists.numbers(0..<Int(handle.count), of: handle) == expected, "seed \(seed)")
        }
    }

    @Test func `a copy of a chunked array stays as it was`() {
        var array = ChunkedArray<UInt64>(repeating: 1, count: 40_000)
        let copy = array
        array[20_000] = 2
        array.append(3)
        #expect(copy[20_000] == 1 && copy.count == 40_000)
        #expect(array[20_000] == 2 && array[40_000] == 3)
    }

    @Test func `addresses keep place and length`() throws {
        let inSnapshot = try #require(Address(snapshotOffset: 1 << 38, length: 1))
        #expect(inSnapshot.offset == 1 << 38 && inSnapshot.length == 1)
        #expect(!inSnapshot.isInJournal)
        let inSegment = try #require(
            Address(segment: 300, offset: 1 << 31, length: 1 << 24 - 1))
        #expect(inSegment.offset == 1 << 31 && inSegment.length == 1 << 24 - 1)
        #expect(inSegment.isIn(segment: 300) && !inSegment.isIn(segment: 301))
        #expect(inSegment.isInJournal)
    }

    @Test func `an address is nil for numbers out of its range`() {
        for offset in [-1, 1 << 39, .max, .min] {
            #expect(Address(snapshotOffset: offset, length: 1) == nil)
        }
        for length in [0, -1, 1 << 24, .max, .min] {
            #expect(Address(snapshotOffset: 0, length: length) == nil)
            #expect(Address(segment: 1, offset: 0, length: length) == nil)
        }
        for offset in [-1, 1 << 32, .max, .min] {
            #expect(Address(segment: 1, offset: offset, length: 1) == nil)
        }
        for segment in [0, -1, .min] {
            #expect(Address(segment: segment, offset: 0, length: 1) == nil)
        }
        let last = Address(segment: .max, offset: 1 << 32 - 1, length: 1 << 24 - 1)
        #expect(last?.isIn(segment: .max) == true)
    }

    /// Adds a message of a snapshot from the first user to the second.
    private static func add(
        _ time: Int64, deletedAt: Int64? = nil, to index: inout Index
    ) throws {
        index.addMessage(
            hash: UInt64(time), from: 0, to: 1, timestamp: time, deletedAt: deletedAt,
            at: try #require(Address(snapshotOffset: Int(time) * 100, length: 90)),
            setsTime: false, setsRevisions: false)
    }

    @Test func `messages of a snapshot are counted as unread once, at its end`() throws {
        var index = Index()
        for name in ["ana", "budi"] { index.addUser(User.named(name)) }
        for time in 1...3 as ClosedRange<Int64> { try Self.add(time, to: &index) }
        try Self.add(4, deletedAt: 5, to: &index)
        #expect(index.reads.pair(0).unread(forSecond: true) == 0)
        index.setMarker(1, of: 1, in: 0)
        index.endMarkers()
        #expect(index.reads.pair(0).unread(forSecond: true) == 2)
        #expect(index.reads.pair(0).unread(forSecond: false) == 0)
    }

    @Test func `tombstones of a snapshot are sorted by their deletion`() throws {
        var index = Index()
        for name in ["ana", "budi"] { index.addUser(User.named(name)) }
        for (time, deletedAt) in [(1, 30), (2, 10), (3, 20)] as [(Int64, Int64)] {
            try Self.add(time, deletedAt: deletedAt, to: &index)
        }
        #expect(index.sortConversations().isEmpty)
        #expect(index.conversations.deleted(after: 0, in: 0, limit: 9) == [1, 2, 0])
        try Self.add(4, deletedAt: 15, to: &index)
        #expect(index.sortConversations().isEmpty)
        #expect(index.conversations.deleted(after: 12, in: 0, limit: 9) == [3, 2, 0])
    }
}
