internal import Encoding

/// One line of `db.json` by itself, whatever stands before it.
enum SnapshotLine {
    /// How many bytes of the line are its record: without comma and newline.
    static func record(in line: Span<UInt8>) -> Int {
        var end = line.count
        if end > 0, line[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        if end > 0, line[end - 1] == UInt8(ascii: ",") { end -= 1 }
        return end
    }

    /// The user that all of these bytes are.
    static func user(_ record: Span<UInt8>) -> User? {
        var scanner = JSONScanner()
        guard let found = try? UserRecord(&scanner, in: record),
            scanner.offset == record.count
        else { return nil }
        return found.user
    }

    /// The message that all of these bytes are.
    static func message(_ record: Span<UInt8>) -> StoredMessage? {
        guard let message = try? MessageRecord(of: record) else { return nil }
        return message.message(in: record)
    }

    /// Whether the line is the last one, its checksum aside.
    static func isMeta(_ line: Span<UInt8>) -> Bool { meta(line) != nil }

    /// Returns the meta of the last line, with the checksum it states if that has digits only.
    static func meta(_ line: Span<UInt8>) -> (meta: SnapshotMeta, checksum: UInt32?)? {
        let digits = line.count - SnapshotMeta.textAfterChecksum.count - 8
        guard digits > 0,
            let meta = SnapshotMeta(textBeforeChecksum: line.extracting(0..<digits))
        else { return nil }
        return (meta, ChecksumText.value(of: line.extracting(digits..<(digits + 8))))
    }
}
