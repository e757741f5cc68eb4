internal import Encoding
internal import EventLoop
internal import Glibc

/// Writes `db.json` from its first byte to its last, in large pieces.
struct SnapshotWriter {
    private static let pieceBytes = 1 << 19
    private static var tooLarge: SystemCallError { SystemCallError("write", number: EFBIG) }

    private let file: any DiskFile
    private var buffer: [UInt8] = []
    private var written: Int64 = 0
    private var checksum = CRC32C()
    private var userCount = 0
    private var messageCount = 0

    /// The offset of the next byte in the file.
    private var offset: Int { Int(written) + buffer.count }

    init(_ file: any DiskFile) {
        self.file = file
        buffer.reserveCapacity(Self.pieceBytes + (1 << 16))
        append(SnapshotFormat.beforeUsers)
    }

    /// Adds a user's record.
    mutating func add(user record: [UInt8]) throws(SystemCallError) {
        // The reader refuses a longer line.
        guard record.count <= SnapshotFormat.recordBytesMax else { throw Self.tooLarge }
        if userCount > 0 { append(",\n") }
        buffer.append(contentsOf: record)
        userCount += 1
        try writeIfLarge()
    }

    mutating func endUsers() {
        if userCount > 0 { append("\n") }
        append(SnapshotFormat.betweenUsersAndMessages)
    }

    /// Adds a message's record, byte for byte, and returns its address.
    mutating func add(message record: Span<UInt8>) throws(SystemCallError) -> Address {
        if messageCount > 0 { append(",\n") }
        guard let address = Address(snapshotOffset: offset, length: record.count) else {
            throw Self.tooLarge
        }
        record.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
        messageCount += 1
        try writeIfLarge()
        return address
    }

    /// Writes the last line with the counts of the added records, and syncs the file. Returns its
    /// length in bytes.
    mutating func finish(_ meta: SnapshotMeta) throws(SystemCallError) -> Int64 {
        if messageCount > 0 { append("\n") }
        append(SnapshotFormat.afterMessages)
        var meta = meta
        (meta.userCount, meta.messageCount) = (userCount, messageCount)
        buffer.append(contentsOf: meta.textBeforeChecksum())
        try write()
        buffer.append(contentsOf: ChecksumText.digits(of: checksum.value))
        buffer.append(contentsOf: SnapshotMeta.textAfterChecksum)
        try write()
        try file.sync()
        return written
    }

    private mutating func append(_ text: StaticString) {
        buffer.append(contentsOf: SnapshotFormat.bytes(text))
    }

    private mutating func writeIfLarge() throws(SystemCallError) {
        if buffer.count >= Self.pieceBytes { try write() }
    }

    private mutating func write() throws(SystemCallError) {
        var checksum = checksum
        checksum.update(buffer.span)
        self.checksum = checksum
        try file.writeAll(buffer, at: written)
        written += Int64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }
}
