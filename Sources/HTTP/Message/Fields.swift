internal import Encoding

/// The fields of a received head: one copy of its bytes, and the ranges of names and values.
///
/// A String is made only for a field that is read.
struct Fields: Sendable {
    struct Entry: Sendable {
        let name: Range<UInt32>
        let value: Range<UInt32>
    }

    let bytes: [UInt8]
    let entries: [Entry]

    /// Returns the value of the field with this name, in any case, or nil. The values of a repeated
    /// field are joined by ", " (RFC 9110 §5.3). So a second `Authorization` makes the field
    /// invalid and is not overlooked.
    func value(of name: StaticString) -> ByteText? {
        guard let (value, isOnly) = first(name) else { return nil }
        if isOnly { return text(value) }
        return ByteText(ranges(of: name).map { text($0).string }.joined(separator: ", "))
    }

    /// Calls `body` with the bytes of the value that `value(of:)` returns.
    func withValue<Outcome>(
        of name: StaticString, _ body: (Span<UInt8>) throws -> Outcome
    ) rethrows -> Outcome? {
        guard let (value, isOnly) = first(name) else { return nil }
        guard isOnly else { return try self.value(of: name).map { try body($0.utf8.span) } }
        return try body(
            bytes.span.extracting(Int(value.lowerBound)..<Int(value.upperBound)))
    }

    /// Returns whether the list field has `token` as an element, in any case.
    func hasToken(_ token: StaticString, in name: StaticString) -> Bool {
        for entry in entries where matches(entry.name, name) {
            var start = entry.value.lowerBound
            while start < entry.value.upperBound {
                var end = start
                while end < entry.value.upperBound, bytes[Int(end)] != .comma { end += 1 }
                if matches(trimmed(start..<end), token) { return true }
                start = end + 1
            }
        }
        return false
    }

    /// Returns the range of the first value, and whether there is no other.
    func first(_ name: StaticString) -> (value: Range<UInt32>, isOnly: Bool)? {
        var found: Range<UInt32>?
        for entry in entries where matches(entry.name, name) {
            if let found { return (found, false) }
            found = entry.value
        }
        return found.map { ($0, true) }
    }

    /// Returns the ranges of all values, in order.
    func ranges(of name: StaticString) -> [Range<UInt32>] {
        entries.compactMap { matches($0.name, name) ? $0.value : nil }
    }

    func matches(_ range: Range<UInt32>, _ text: StaticString) -> Bool {
        let count = Int(range.upperBound - range.lowerBound)
        guard count == text.utf8CodeUnitCount, count > 0 else { return false }
        let other = text.utf8Start
        let mine = bytes.span.extracting(Int(range.lowerBound)..<Int(range.upperBound))
        // Most clients spell a name as we do.
        if mine[0] == other[0], mine.equals(text) { return true }
        for index in 0..<count {
            let difference = mine[index] ^ other[index]
            if difference == 0 { continue }
            guard difference == 0x20, (other[index] | 0x20).isLowercaseLetter else { return false }
        }
        return true
    }

    func text(_ range: Range<UInt32>) -> ByteText {
        ByteText(repairing: bytes.span.extracting(Int(range.lowerBound)..<Int(range.upperBound)))
    }

    private func trimmed(_ range: Range<UInt32>) -> Range<UInt32> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[Int(start)].isBlank { start += 1 }
        while start < end, bytes[Int(end - 1)].isBlank { end -= 1 }
        return start..<end
    }
}
