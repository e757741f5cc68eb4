/// Finds where a head ends, however it is cut: each byte is looked at once. What it says does not
/// depend on how the bytes arrive.
struct HeadScanner {
    private var scanned = 0
    private var lineStart = 0
    private var leadingLineCount = 0
    private var hasFirstLine = false
    /// Where the first line begins, behind any empty lines.
    private(set) var start = 0

    /// The offset behind the head's blank line, or nil while that has not arrived. `bytes` begin
    /// with the first of the message and only ever grow.
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
