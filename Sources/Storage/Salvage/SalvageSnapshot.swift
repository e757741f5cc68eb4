internal import Encoding
internal import EventLoop

/// Reads every sound record of a damaged `db.json`, line by line.
struct SalvageSnapshot {
    private static let pieceBytes = 1 << 20

    private let file: any DiskFile
    private let mismatch: Mismatch?
    /// Whether the file ends with a checksum that matches all bytes before it.
    private let isProven: Bool
    private let hasEnd: Bool
    /// The last line, if it is readable.
    private(set) var meta: SnapshotMeta?

    /// Reads the file once to locate the damage.
    init(_ file: any DiskFile) throws(StorageFault) {
        self.file = file
        do {
            let length = try file.length()
            let after = SnapshotMeta.textAfterChecksum
            let end = length - Int64(after.count) - 8
            var tail: [UInt8] = []
            if end > 0 { try file.read(after.count + 8, at: end, appendingTo: &tail) }
            let stated =
                tail.suffix(after.count) == after[...]
                ? ChecksumText.value(of: tail.span.extracting(0..<8)) : nil
            hasEnd = tail.suffix(after.count) == after[...]
            guard let stated else {
                (mismatch, isProven) = (hasEnd ? .inChecksum : nil, false)
                return
            }
            let found = try Self.checksum(of: file, upTo: end)
            isProven = found == stated
            mismatch =
                isProven ? nil : try Mismatch(found: found, stated: stated, length: end, of: file)
        } catch { throw StorageFault(reading: error) }
    }

    private static func checksum(
        of file: any DiskFile, upTo end: Int64
    ) throws(SystemCallError) -> UInt32 {
        var checksum = CRC32C()
        var offset: Int64 = 0
        while offset < end {
            var piece: [UInt8] = []
            try file.read(
                min(pieceBytes, Int(end - offset)), at: offset, appendingTo: &piece)
            if piece.isEmpty { break }
            checksum.update(piece.span)
            offset += Int64(piece.count)
        }
        return checksum.value
    }

    mutating func read(into replay: inout SalvageReplay) throws(StorageFault) {
        let before = replay.notes.leftOut
        var lines = LineReader(file, lineBytesMax: SnapshotFormat.lineBytesMax)
        while let line = try Self.next(&lines) {
            let offset = lines.offset(of: line.lowerBound)
            let bytes = lines.bytes.span.extracting(line)
            if try takeDamaged(at: offset, bytes, &replay) { continue }
            try take(bytes, at: offset, &replay)
        }
        addRemarks(to: &replay, isWhole: replay.notes.leftOut == before)
    }

    private func addRemarks(to replay: inout SalvageReplay, isWhole: Bool) {
        if !hasEnd {
            replay.remark(
                nil,
                "it ends too soon: what stood behind is lost, and no checksum tells "
                    + "whether what is left is as it was written")
        } else if case .inChecksum? = mismatch {
            replay.remark(
                nil, "its checksum is not as it was written; no record was left out for it")
        } else if case .anywhere? = mismatch, isWhole {
            replay.remark(
                nil,
                "its checksum does not match, and no line shows which bytes are wrong: all "
                    + "records are kept as they read. Messages that are not as they were sealed "
                    + "will show as [Gagal Decrypt]; look at the names in `ChatCore users list`")
        }
        guard meta == nil else { return }
        replay.remark(
            nil,
            "its last line is lost: the key fingerprints are learned anew at the next start, "
                + "and codes of invitations count no more")
    }

    /// Reads the line in which the checksum shows a single damaged byte. Returns false for any
    /// other line.
    private mutating func takeDamaged(
        at offset: Int64, _ line: Span<UInt8>, _ replay: inout SalvageReplay
    ) throws(StorageFault) -> Bool {
        guard case .inRecord(let record)? = mismatch, record.line == offset else { return false }
        switch record.kind {
        case .message(let id):
            replay.leaveOut(
                offset, "message \(id): its byte \(record.byte.offset) is not as it was written")
        case .user(let found):
            replay.remark(
                record.byte.offset,
                "a byte of user \(found.user.id) was not as it was written; it is put right, and "
                    + "the checksum proves it")
            replay.add(found, at: offset)
        case .meta:
            replay.remark(
                record.byte.offset,
                "a byte of the last line was not as it was written; it is put right, and the "
                    + "checksum proves it")
            meta = SnapshotLine.meta(record.mended.span)?.meta
        }
        return true
    }

    private mutating func take(
        _ line: Span<UInt8>, at offset: Int64, _ replay: inout SalvageReplay
    ) throws(StorageFault) {
        if line.equals(SnapshotFormat.beforeUsers) || line.equals(SnapshotFormat.afterMessages)
            || line.equals(SnapshotFormat.betweenUsersAndMessages)
        {
            return
        }
        var scanner = JSONScanner()
        if scanner.skip("\"meta\": ", in: line) {
            if let found = SnapshotLine.meta(line) { meta = found.meta }
            return
        }
        let record = line.extracting(0..<SnapshotLine.record(in: line))
        if try takeRecord(record, at: offset, &replay) { return }
        try takePieces(of: line, at: offset, &replay)
    }

    /// Adds a record. Returns false if the bytes are no record.
    private func takeRecord(
        _ record: Span<UInt8>, at offset: Int64, _ replay: inout SalvageReplay
    ) throws(StorageFault) -> Bool {
        if let found = SnapshotLine.user(record) {
            replay.add(found, at: offset)
            return true
        }
        guard let message = try? MessageRecord(of: record) else { return false }
        if !isProven, !message.isDeleted,
            !SealedForm.isBase64(afterVersion: message.message(in: record).content)
        {
            replay.leaveOut(
                offset,
                "message \(message.message(in: record).id): its content is not as Cipher "
                    + "seals")
            return true
        }
        try replay.add(message, in: record, at: offset)
        return true
    }

    /// Adds the records in a damaged line. It may be two records with a damaged newline between
    /// them.
    private func takePieces(
        of line: Span<UInt8>, at offset: Int64, _ replay: inout SalvageReplay
    ) throws(StorageFault) {
        let starts = DamagedText.recordStarts(in: line)
        if starts.first != 0 {
            let head = line.extracting(0..<(starts.first ?? line.count))
            leaveOut(head, at: offset, &replay)
        }
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : line.count
            let piece = line.extracting(start..<end)
            let place = offset + Int64(start)
            guard let length = Self.recordLength(in: piece),
                try takeRecord(piece.extracting(0..<length), at: place, &replay)
            else {
                leaveOut(piece, at: place, &replay)
                continue
            }
        }
    }

    private func leaveOut(
        _ piece: Span<UInt8>, at offset: Int64, _ replay: inout SalvageReplay
    ) {
        // The lines between the lists are short and hold no record.
        if piece.count <= SnapshotFormat.betweenUsersAndMessages.utf8CodeUnitCount,
            DamagedText.id(in: piece) == nil
        {
            return replay.remark(offset, "a line between the records is not as it was written")
        }
        let id = DamagedText.id(in: piece).map { "the record of \($0)" } ?? "a record without id"
        replay.leaveOut(offset, "\(id): not as it was written")
    }

    /// Returns the length of the record at the start of the piece, or nil if there is none.
    private static func recordLength(in piece: Span<UInt8>) -> Int? {
        var user = JSONScanner()
        if (try? UserRecord(&user, in: piece)) != nil { return user.offset }
        var message = JSONScanner()
        return (try? MessageRecord(&message, in: piece)).map { _ in message.offset }
    }

    private static func next(_ lines: inout LineReader) throws(StorageFault) -> Range<Int>? {
        do { return try lines.next() } catch { throw StorageFault(reading: error) }
    }
}
