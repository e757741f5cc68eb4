/// Writes the end of an array in place. An array looks at its whole buffer for each append, so a
/// piece of several parts goes in by one (`Array.append(addingCapacity:initializingWith:)`).
extension OutputSpan<UInt8> {
    @_lifetime(self: copy self)
    mutating func append(copying bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(copying: $0) }
    }

    @_lifetime(self: copy self)
    mutating func append(copying text: StaticString) {
        append(
            copying: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @_lifetime(self: copy self)
    @inline(__always)
    private mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) {
        withUnsafeMutableBufferPointer { buffer, count in
            precondition(bytes.count <= buffer.count - count, "more bytes than announced")
            guard let source = bytes.baseAddress, let start = buffer.baseAddress else { return }
            (start + count).initialize(from: source, count: bytes.count)
            count += bytes.count
        }
    }

    /// Appends a text behind its length and a colon.
    @_lifetime(self: copy self)
    mutating func append(counting text: Span<UInt8>) {
        append(decimal: text.count)
        append(UInt8(ascii: ":"))
        append(copying: text)
    }

    static func byteCount(counting text: Span<UInt8>) -> Int {
        byteCount(decimal: text.count) + 1 + text.count
    }

    /// Appends a small number.
    @_lifetime(self: copy self)
    private mutating func append(decimal value: Int) {
        if value >= 10 { append(decimal: value / 10) }
        append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    private static func byteCount(decimal value: Int) -> Int {
        var (left, count) = (value, 1)
        while left >= 10 {
            left /= 10
            count += 1
        }
        return count
    }
}
