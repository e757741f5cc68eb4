/// Parses field lines (RFC 9112 §5) to the blank line.
///
/// An empty or invalid name is refused. So are blanks before the colon, folded lines, and any
/// control character in a value, such as a bare CR or NUL.
enum FieldParser {
    /// Returns the ranges of names and values. `bytes` end with the blank line, and every LF in
    /// them follows a CR.
    static func entries(
        in bytes: Span<UInt8>, from start: Int, _ limits: Limits
    ) throws(HTTPFault) -> [Fields.Entry] {
        var entries: [Fields.Entry] = []
        entries.reserveCapacity(12)
        var index = start
        while bytes[index] != .carriageReturn {
            guard entries.count < limits.fieldCountMax else { throw .fieldsTooMany }
            let nameStart = index
            while bytes[index].isToken { index += 1 }
            let nameEnd = index
            guard nameEnd > nameStart, bytes[index] == .colon else { throw .fieldMalformed }
            index += 1
            while bytes[index].isBlank { index += 1 }
            let valueStart = index
            index = FieldText.end(in: bytes, from: valueStart)
            guard bytes[index] == .carriageReturn, bytes[index + 1] == .lineFeed else {
                throw .fieldMalformed
            }
            var valueEnd = index
            while valueEnd > valueStart, bytes[valueEnd - 1].isBlank { valueEnd -= 1 }
            entries.append(
                Fields.Entry(
                    name: UInt32(nameStart)..<UInt32(nameEnd),
                    value: UInt32(valueStart)..<UInt32(valueEnd)))
            index += 2
        }
        // A line that begins with CR must be the blank line at the end.
        guard index + 2 == bytes.count else { throw .fieldMalformed }
        return entries
    }
}
