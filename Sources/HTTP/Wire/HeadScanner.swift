/// Finds the end of a head that arrives in pieces. Each byte is checked once. The result does not
/// depend on the pieces.
struct HeadScanner {
    private var scanned = 0
    private var lineStart = 0
    private var leadingLineCount = 0
    private var hasFirstLine = false
    /// The index of the first line, after any empty lines.
    private(set) var start = 0

    /// Returns the index after the head's blank line, or nil if it has not arrived. `bytes` begin
    /// with the message and grow from call to call.
    mutating func end(in bytes: Span<UInt8>, _ limits: Limits) throws(HTTPFault) -> Int? {
        while let lineFeed = bytes.firstIndex(of: .lineFeed, from: scanned) {
            scanned = lineFeed + 1
            try checkSize(scanned - start, limits)
            guard lineFeed > lineStart, bytes[lineFeed - 1] == .carriageReturn else {
                throw hasFirstLine ? .fieldMalformed : .requestLineMalformed
            }
            let isEmpty = lineFeed - 1 == lineStart
            lineStart = scanned
            if !isEmpty {
                hasFirstLine = true
            } else if hasFirstLine {
                return scanned
            } else {
                leadingLineCount += 1
                guard leadingLineCount <= limits.leadingLineCountMax else {
                    throw .leadingLinesTooMany
                }
                start = scanned
            }
        }
        scanned = bytes.count
        try checkSize(scanned - start, limits)
        return nil
    }

    private func checkSize(_ size: Int, _ limits: Limits) throws(HTTPFault) {
        if !hasFirstLine, size > limits.requestLineBytesMax { throw .requestLineTooLong }
        if size > limits.headBytesMax { throw .headTooLarge }
    }
}
