internal import Encoding
internal import EventLoop

/// Applies every intact line of a journal's segments, in their order.
struct SalvageJournal {
    private struct Segment {
        let number: Int
        let file: any DiskFile
        let path: String
        /// Is nil if the first line is not intact.
        let header: SegmentReader.Header?
    }

    private var segments: [Segment] = []
    private let storeID: ByteText?

    /// - Parameter meta: The last line of `db.json`, or nil if it is lost.
    init(
        _ numbers: [Int], after meta: SnapshotMeta?, in folder: Folder
    ) throws(StorageFault) {
        var storeID = meta?.storeID
        for number in numbers where number >= meta?.firstSegment ?? 1 {
            let path = folder.segment(number)
            let file: any DiskFile
            do { file = try folder.disk.open(path, .reading) } catch {
                throw StorageFault(reading: error)
            }
            let header = (try? SegmentReader.header(of: file, path: path)) ?? nil
            storeID = storeID ?? header?.storeID
            segments.append(Segment(number: number, file: file, path: path, header: header))
        }
        self.storeID = storeID
    }

    func read(
        into replay: inout SalvageReplay, expecting first: Int?, in folder: Folder
    ) throws(StorageFault) {
        var expected = first ?? segments.first?.number ?? 1
        if segments.isEmpty {
            replay.notes.leaveOut(
                folder.segment(expected), nil, "it is missing: what stood there is lost")
        }
        for (index, segment) in segments.enumerated() {
            for missing in (expected..<segment.number).prefix(10) {
                replay.notes.leaveOut(
                    folder.segment(missing), nil, "it is missing: what stood there is lost")
            }
            expected = segment.number + 1
            replay.begin(.init(number: segment.number, file: segment.file), path: segment.path)
            if let header = segment.header,
                header.storeID != storeID || header.number != segment.number
            {
                replay.leaveOut(nil, "all of it: it belongs to another store, or has another name")
                continue
            }
            let next = index + 1 < segments.count ? segments[index + 1].header : nil
            try read(segment, sealedAt: next?.after, isLast: index + 1 == segments.count, &replay)
        }
    }

    private func read(
        _ segment: Segment, sealedAt sealed: Int64?, isLast: Bool, _ replay: inout SalvageReplay
    ) throws(StorageFault) {
        let tail = isLast ? try tornTail(of: segment) : nil
        var lines = LineReader(segment.file, lineBytesMax: JournalLine.bytesMax + 64)
        while let line = try Self.next(&lines) {
            let offset = lines.offset(of: line.lowerBound)
            if let tail, offset >= tail { break }
            let bytes = lines.bytes.span.extracting(line)
            if let json = JournalLine.json(in: bytes) {
                try replay.apply(bytes.extracting(json), at: offset + Int64(json.lowerBound))
            } else {
                try takeDamaged(Array(lines.bytes[line]), at: offset, &replay)
            }
        }
        if let tail {
            replay.remark(
                tail, "a torn tail, of a write that nobody was told is stored; it is not taken over"
            )
        }
        let length = lines.offset(of: lines.bytes.count)
        if let sealed, length < sealed {
            replay.leaveOut(
                length, "it ends here, and had \(sealed) bytes: what stood behind is lost")
        }
    }

    /// Returns the offset of the last segment's torn tail, or nil if there is none or the segment
    /// has other damage.
    private func tornTail(of segment: Segment) throws(StorageFault) -> Int64? {
        guard let storeID else { return nil }
        var visitor = IgnoringVisitor()
        var reader = SegmentReader(
            segment.file, number: segment.number, path: segment.path, storeID: storeID,
            tail: .mayBeTorn)
        do {
            let end = try reader.read(&visitor)
            return end.tornBytes > 0 ? end.length : nil
        } catch {
            if case .damaged = error { return nil }
            throw error
        }
    }

    /// Applies a damaged line. It may be two intact lines with a damaged newline between them.
    private func takeDamaged(
        _ line: [UInt8], at offset: Int64, _ replay: inout SalvageReplay
    ) throws(StorageFault) {
        let second = Self.startOfIntactEnd(in: line)
        var first = Array(line[..<(second ?? line.count)])
        let text = first
        if !first.isEmpty { first[first.count - 1] = UInt8(ascii: "\n") }
        if let json = JournalLine.json(in: first.span) {
            try replay.apply(first.span.extracting(json), at: offset + Int64(json.lowerBound))
            replay.remark(offset, "the end of this line is not as it was written; it is kept")
        } else {
            let what = Self.name(of: text.span)
            replay.leaveOut(offset, "\(what): not as it was written")
        }
        guard let second else { return }
        let rest = line.span.extracting(second..<line.count)
        guard let json = JournalLine.json(in: rest) else { return }
        try replay.apply(
            rest.extracting(json), at: offset + Int64(second) + Int64(json.lowerBound))
    }

    private static func startOfIntactEnd(in line: [UInt8]) -> Int? {
        guard line.count > 24 else { return nil }
        return (1..<(line.count - 12)).first { start in
            line[start + 8] == UInt8(ascii: " ")
                && JournalLine.json(in: line.span.extracting(start..<line.count)) != nil
        }
    }

    /// Names the change of a damaged line, as far as it is readable.
    private static func name(of line: Span<UInt8>) -> String {
        let kinds: [(StaticString, String)] = [
            ("{\"messageAdded\":", "message"),
            ("{\"messageReplaced\":", "a new content of message"),
            ("{\"messageRemoved\":", "the removal of message"),
            ("{\"messageDeleted\":", "the deletion of message"), ("{\"userAdded\":", "user"),
            ("{\"userInvited\":", "user"), ("{\"userChanged\":", "a change of user"),
            ("{\"durable\":", "a line without a change"), ("{\"segment\":", "the first line"),
        ]
        var kind: String?
        for start in 9..<max(9, min(line.count, 24)) {
            var scanner = JSONScanner(at: start)
            for (prefix, name) in kinds where kind == nil {
                if scanner.skip(prefix, in: line) { kind = name }
            }
        }
        let id = DamagedText.id(in: line)
        return [kind ?? (id == nil ? "a line" : "the line of"), id].compactMap(\.self)
            .joined(separator: " ")
    }

    private static func next(_ lines: inout LineReader) throws(StorageFault) -> Range<Int>? {
        do { return try lines.next() } catch { throw StorageFault(reading: error) }
    }
}
