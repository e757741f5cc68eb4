internal import Encoding

/// One line of `db.json`, read without the lines before it.
enum SnapshotLine {
    /// Returns the length of the line's record in bytes, without comma and newline.
    static func record(in line: Span<UInt8>) -> Int {
        var end = line.count
        if end > 0, line[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        if end > 0, line[end - 1] == UInt8(ascii: ",") { end -= 1 }
        return end
    }

    /// Returns the user if these bytes are exactly one user's record.
    static func user(_ record: Span<UInt8>) -> UserRecord? {
        var scanner = JSONScanner()
        guard let found = try? UserRecord(&scanner, in: record),
            scanner.offset == record.count
        else { return nil }
        return found
    }

    /// Returns the message if these bytes are exactly one message's record.
    static func message(_ record: Span<UInt8>) -> StoredMessage? {
        guard let message = try? MessageRecord(of: record) else { return nil }
        return message.message(in: record)
    }

    /// Returns whether the line is a last line. Its checksum is not compared.
    static func isMeta(_ line: Span<UInt8>) -> Bool { meta(line) != nil }

    /// Returns the meta of the last line. The checksum is nil unless it has digits only.
    static func meta(_ line: Span<UInt8>) -> (meta: SnapshotMeta, checksum: UInt32?)? {
        let digits = line.count - SnapshotMeta.textAfterChecksum.count - 8
        guard digits > 0,
            let meta = SnapshotMeta(textBeforeChecksum: line.extracting(0..<digits))
        else { return nil }
        return (meta, ChecksumText.value(of: line.extracting(digits..<(digits + 8))))
    }
}
