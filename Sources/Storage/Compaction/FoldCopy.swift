internal import Encoding
internal import EventLoop

/// Selects the records of living messages from the files that it visits, and adds them to the new
/// file.
struct FoldCopy: SnapshotVisitor, SegmentVisitor {
    var writer: SnapshotWriter
    /// The addresses of the messages in the new file, by number.
    private(set) var folded: ChunkedArray<UInt64>
    private let addresses: ChunkedArray<UInt64>
    /// The numbers of the living messages in the order of their addresses.
    private let order: [UInt32]
    private var next = 0
    private var segment = 0
    private let cancellation: Cancellation

    init(
        _ writer: SnapshotWriter, _ addresses: ChunkedArray<UInt64>,
        _ cancellation: Cancellation
    ) {
        self.cancellation = cancellation
        self.writer = writer
        self.addresses = addresses
        folded = ChunkedArray(repeating: 0, count: addresses.count)
        var order: [UInt32] = []
        order.reserveCapacity(addresses.count)
        for number in 0..<addresses.count where addresses[number] != Address.none.packed {
            order.append(UInt32(number))
        }
        // Most numbers are in order already. Only reused numbers of removed messages and replaced
        // messages are not.
        order.sort { addresses[Int($0)] < addresses[Int($1)] }
        self.order = order
    }

    mutating func user(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault) {}

    mutating func message(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault) {
        try copy(from: record, at: Int(offset))
    }

    mutating func change(_ json: Span<UInt8>, at offset: Int64) throws(StorageFault) {
        try copy(from: json, at: Address.start(ofSegment: segment) + Int(offset))
    }

    /// Adds all users, and then the living messages of all files in the order of their places.
    ///
    /// - Parameters:
    ///   - tails: The end of each segment.
    ///   - path: The path of `db.json`, for faults.
    mutating func copyAll(
        _ users: FoldedUsers, _ generation: Generation?, _ tails: [SegmentReader.Tail],
        storeID: ByteText, in folder: Folder
    ) throws {
        try users.forEach { record in try writer.add(user: record.json()) }
        writer.endUsers()
        if let snapshot = generation?.snapshot {
            var reader = SnapshotReader(snapshot, path: folder.snapshot)
            _ = try reader.read(&self)
        }
        let segments = zip(generation?.segments ?? [], tails).sorted {
            Address.start(ofSegment: $0.0.number) < Address.start(ofSegment: $1.0.number)
        }
        for (found, tail) in segments {
            segment = found.number
            var reader = SegmentReader(
                found.file, number: found.number, path: folder.segment(found.number),
                storeID: storeID, tail: tail)
            _ = try reader.read(&self)
        }
        try checkIsWhole(folder.snapshot)
    }

    /// Throws unless every living message has been visited.
    private func checkIsWhole(_ path: String) throws(StorageFault) {
        guard next == order.count else {
            throw .damaged(file: path, offset: 0, why: "a message is not where it was")
        }
    }

    /// Copies the record in a line. A line holds at most one record.
    private mutating func copy(from line: Span<UInt8>, at place: Int) throws(StorageFault) {
        if cancellation.isCancelled { throw .closed }
        guard next < order.count else { return }
        let number = Int(order[next])
        let address = Address(packed: addresses[number])
        let start = address.place - place
        guard start >= 0, start + address.length <= line.count else { return }
        do {
            let record = line.extracting(start..<(start + address.length))
            folded[number] = try writer.add(message: record).packed
        } catch { throw StorageFault(writing: error) }
        next += 1
    }
}
