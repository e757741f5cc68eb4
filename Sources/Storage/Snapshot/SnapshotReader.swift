internal import Encoding
internal import EventLoop

/// Receives the records of `db.json`.
protocol SnapshotVisitor {
    /// Receives one record.
    ///
    /// - Parameters:
    ///   - record: The user's JSON.
    ///   - offset: The offset in the file at which it begins.
    mutating func user(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault)
    mutating func message(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault)
}

/// Reads `db.json` once, from its first byte to its last, and compares it with its checksum.
struct SnapshotReader {
    private enum Part { case beforeUsers, users, messages, meta, end }

    private let path: String
    private let file: any DiskFile
    private var part = Part.beforeUsers
    private var checksum = CRC32C()
    private var userCount = 0
    private var messageCount = 0
    /// Whether a comma followed the last record. It is nil before the first record.
    private var hasComma: Bool?
    private var meta: SnapshotMeta?
    /// Whether something may follow the last line, as photos do in a file of `store export`.
    private let mayBeFollowed: Bool
    /// The offset behind the last line, once it was read.
    private(set) var length: Int64 = 0

    init(_ file: any DiskFile, path: String, mayBeFollowed: Bool = false) {
        self.path = path
        self.file = file
        self.mayBeFollowed = mayBeFollowed
    }

    /// Passes every record to the visitor, and returns the last line. No visited record may be
    /// trusted before this returns.
    mutating func read(_ visitor: inout some SnapshotVisitor) throws(StorageFault) -> SnapshotMeta {
        var lines = lines
        while try step(&lines, &visitor) {}
        return try end(of: lines)
    }

    /// The lines of the file, from the first one.
    var lines: LineReader { LineReader(file, lineBytesMax: SnapshotFormat.lineBytesMax) }

    /// Takes the next line. Returns false at the end of the file.
    mutating func step(
        _ lines: inout LineReader, _ visitor: inout some SnapshotVisitor
    ) throws(StorageFault) -> Bool {
        if mayBeFollowed, part == .end { return false }
        guard let line = try Self.next(&lines) else { return false }
        length = lines.offset(of: line.upperBound)
        let offset = lines.offset(of: line.lowerBound)
        try take(lines.bytes.span.extracting(line), at: offset, &visitor)
        return true
    }

    /// Returns the last line, once `step` has returned false.
    func end(of lines: LineReader) throws(StorageFault) -> SnapshotMeta {
        guard part == .end, let meta else {
            throw damage(lines.offset(of: lines.bytes.count), "it ends too soon")
        }
        return meta
    }

    private static func next(_ lines: inout LineReader) throws(StorageFault) -> Range<Int>? {
        do { return try lines.next() } catch { throw StorageFault(reading: error) }
    }

    private mutating func take(
        _ line: Span<UInt8>, at offset: Int64, _ visitor: inout some SnapshotVisitor
    ) throws(StorageFault) {
        guard line.count <= SnapshotFormat.lineBytesMax else {
            throw damage(offset, "a line longer than 32 MiB")
        }
        if part != .meta { checksum.update(line) }
        switch part {
        case .beforeUsers:
            guard line.equals(SnapshotFormat.beforeUsers) else {
                throw damage(offset, "it does not begin as a store does")
            }
            part = .users
        case .users:
            if line.equals(SnapshotFormat.betweenUsersAndMessages) {
                try endList(at: offset)
                part = .messages
            } else {
                let length = try recordLength(of: line, at: offset)
                userCount += 1
                try visitor.user(line.extracting(0..<length), at: offset)
            }
        case .messages:
            if line.equals(SnapshotFormat.afterMessages) {
                try endList(at: offset)
                part = .meta
            } else {
                let length = try recordLength(of: line, at: offset)
                messageCount += 1
                try visitor.message(line.extracting(0..<length), at: offset)
            }
        case .meta:
            meta = try readMeta(line, at: offset)
            part = .end
        case .end: throw damage(offset, "something stands after its end")
        }
    }

    /// Returns the length of the record in a line, without its comma. Every record but the last has
    /// one.
    private mutating func recordLength(
        of line: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) -> Int {
        guard hasComma != false, line.count > 3, line[line.count - 1] == UInt8(ascii: "\n") else {
            throw damage(offset, "a line that is no record")
        }
        let comma = line[line.count - 2] == UInt8(ascii: ",")
        hasComma = comma
        return line.count - (comma ? 2 : 1)
    }

    private mutating func endList(at offset: Int64) throws(StorageFault) {
        guard hasComma != true else { throw damage(offset, "a list that ends with a comma") }
        hasComma = nil
    }

    private mutating func readMeta(
        _ line: Span<UInt8>, at offset: Int64
    ) throws(StorageFault) -> SnapshotMeta {
        let after = SnapshotMeta.textAfterChecksum
        let digits = line.count - after.count - 8
        guard digits > 0, line.extracting((digits + 8)..<line.count).equals(after.span),
            let stated = ChecksumText.value(of: line.extracting(digits..<(digits + 8))),
            let meta = SnapshotMeta(textBeforeChecksum: line.extracting(0..<digits))
        else { throw damage(offset, "its last line is not one") }
        checksum.update(line.extracting(0..<digits))
        guard checksum.value == stated else {
            throw try mismatch(stated, at: offset + Int64(digits))
        }
        guard meta.userCount == userCount, meta.messageCount == messageCount else {
            throw damage(offset, "it does not hold as many records as it says")
        }
        return meta
    }

    /// Returns a fault with the offset of the damage, which is seldom that of the checksum.
    private func mismatch(
        _ stated: UInt32, at end: Int64
    ) throws(StorageFault) -> StorageFault {
        switch try Mismatch(found: checksum.value, stated: stated, length: end, of: file) {
        case .inChecksum: damage(end, "the checksum in its last line is not as it was written")
        case .inRecord(let record):
            damage(record.byte.offset, "a byte of \(record) is not as it was written")
        case .anywhere:
            damage(
                nil,
                "more than one of its bytes is not as it was written, and its checksum "
                    + "cannot tell which")
        }
    }

    private func damage(_ offset: Int64?, _ why: String) -> StorageFault {
        .damaged(file: path, offset: offset, why: why)
    }
}
