/// What fields of HTTP are read by: bytes, looked at once.
extension Span<UInt8> {
    /// Whether these are the bytes of `text`, which is in lower case, in whatever case of A–Z.
    package func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in indices where self[index].asciiLowercased != text.utf8Start[index] {
            return false
        }
        return true
    }

    package func hasPrefix(_ text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount
            && extracting(0..<text.utf8CodeUnitCount).equals(text)
    }

    /// Where in `range` the text without spaces and tabs at either end lies (RFC 9110 §5.6.3, OWS).
    package func withoutBlanks(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] == 0x20 || self[start] == 0x09 { start += 1 }
        while start < end, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }

    /// Calls `body` with every part between separators, first to last, empty ones too, until it
    /// returns something; returns that.
    package func firstPart<Found>(
        separatedBy separator: UInt8, where body: (Span<UInt8>) -> Found?
    ) -> Found? {
        var start = 0
        for index in 0...count where index == count || self[index] == separator {
            if let found = body(extracting(start..<index)) { return found }
            start = index + 1
        }
        return nil
    }
}
